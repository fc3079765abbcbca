// For `import` and `require`, except in edge runtimes. The file contains the module as deflated base64.
import { encoded, length } from "#module-text";
import { decode } from "../base64.js";
import { inflate } from "../inflate.js";

let module: WebAssembly.Module | undefined;

/** @internal */
export function loadModule(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(inflate(decode(encoded), length)));
}
