// Cloudflare Workers cannot compile WebAssembly at run time, so the module is imported.
import module from "./core.wasm";
import { provideModule } from "../module.js";

provideModule(() => module);

export * from "../index.js";
