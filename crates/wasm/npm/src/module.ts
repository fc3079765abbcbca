// By name: of what is not named, a bundler drops what fetches a module.
import { __wbg_reset_state, cancel, close, initSync, open, resume, start, validate } from "#glue";
import { core } from "./core.js";

/** Says where the compiled module comes from; it is asked for when the core is first used, and once. */
export function provideModule(find: () => WebAssembly.Module): void {
  let begun = false;
  core.provide(() => {
    // wasm-bindgen's glue keeps one instance, and keeps the module with it.
    if (begun) __wbg_reset_state();
    else initSync({ module: find() });
    begun = true;
    return { open, close, start, resume, cancel, validate };
  });
}
