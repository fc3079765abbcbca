// Vercel's edge runtime cannot compile WebAssembly at run time either, and has its own syntax for importing a module.
import module from "./module.wasm?module";
import { provideModule } from "../handle.js";

provideModule(() => module);

export * from "../index.js";
