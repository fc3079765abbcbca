// For `import` and `require`, except in edge runtimes. The file contains the module as base64.
import encoded from "#module-base64";
import { decode } from "../base64.js";

let module: WebAssembly.Module | undefined;

/** @internal */
export function loadModule(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(decode(encoded)));
}
