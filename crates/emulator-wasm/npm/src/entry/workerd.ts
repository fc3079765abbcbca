// Cloudflare Workers cannot compile WebAssembly at run time, so the module is imported.
import module from "./module.wasm";
import { provideModule } from "../handle.js";

provideModule(() => module);

export * from "../index.js";
