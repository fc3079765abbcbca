// Vercel's edge runtime compiles nothing at run time either, and has a spelling of its own for the import of a module.
import module from "./core.wasm?module";
import { provideModule } from "../module.js";

provideModule(() => module);

export * from "../index.js";
