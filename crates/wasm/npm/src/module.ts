// Named imports, so that a bundler drops the rest of the glue, which fetches a module.
import { cancel, close, definitionOf, initSync, open, redeploy, resume, start, validate } from "#glue";
import { core } from "./core.js";

/**
 * Sets the source of the compiled module. `load` is called once, when the core is first used. A later call replaces the module for
 * the next instance, which is created after a panic.
 */
export function provideModule(load: () => WebAssembly.Module): void {
  let module: WebAssembly.Module | undefined;
  core.setInstantiate(() => {
    // The glue has one global instance, and this replaces it.
    initSync({ module: (module ??= load()) });
    return { open, close, start, resume, cancel, redeploy, validate, definitionOf };
  });
}
