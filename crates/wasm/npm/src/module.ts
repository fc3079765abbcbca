import * as glue from "#glue";
import { core } from "./core.js";

/** Says where the compiled module comes from; it is asked for when the core is first used, and once. */
export function provideModule(find: () => WebAssembly.Module): void {
  let begun = false;
  core.provide(() => {
    // wasm-bindgen's glue keeps one instance, and keeps the module with it.
    if (begun) glue.__wbg_reset_state();
    else glue.initSync({ module: find() });
    begun = true;
    return glue;
  });
}
