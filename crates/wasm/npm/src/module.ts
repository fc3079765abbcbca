// By name: of what is not named, a bundler drops what fetches a module.
import { cancel, close, initSync, open, resume, start, validate } from "#glue";
import { core } from "./core.js";

/**
 * Says where the compiled module comes from; it is asked for when the core is first used, and once. Another one takes its place
 * when the next instance is made, which is after a panic.
 */
export function provideModule(find: () => WebAssembly.Module): void {
  let module: WebAssembly.Module | undefined;
  core.provide(() => {
    // wasm-bindgen's glue keeps one instance: this one from now on.
    initSync({ module: (module ??= find()) });
    return { open, close, start, resume, cancel, validate };
  });
}
