// Cloudflare Workers compile nothing at run time: the module is imported.
import module from "./core.wasm";
import { provideModule } from "../module.js";

provideModule(() => module);

export * from "../index.js";
