// Vercel's edge runtime cannot compile WebAssembly at run time either, and has its own syntax for importing a module.
import module from "./core.wasm?module";

/** @internal */
export function loadModule(): WebAssembly.Module {
  return module;
}
