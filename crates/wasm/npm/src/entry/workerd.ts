// Cloudflare Workers cannot compile WebAssembly at run time, so the module is imported.
import module from "./core.wasm";

/** @internal */
export function loadModule(): WebAssembly.Module {
  return module;
}
