// For callers that provide the WebAssembly module themselves.
import { AjoValidationError } from "../errors.js";
import { provideModule } from "../module.js";
import type { WasmModule } from "../platform.js";

export * from "../index.js";

/**
 * Sets the WebAssembly module: `ajo-limits/core.wasm`, compiled or as bytes. Call it before you create the first client. Bytes are
 * compiled at first use. A later call replaces a module that could not be started; a running module stays, for all clients.
 *
 * Throws an `AjoValidationError` for anything else, such as the exports of an instance or a path, which `import core from
 * "ajo-limits/core.wasm"` returns in some runtimes.
 */
export function setModule(module: WasmModule | ArrayBuffer | ArrayBufferView): void {
  // Not `instanceof`, which is false for an object of another realm.
  const tag = Object.prototype.toString.call(module);
  const isBytes = ArrayBuffer.isView(module) || tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
  if (!isBytes && tag !== "[object WebAssembly.Module]") {
    throw new AjoValidationError(`setModule: expected a WebAssembly.Module or its bytes, not ${describe(module, tag)}`, {
      code: "CONFIG",
      hint: "Import it with `import source core from \"ajo-limits/core.wasm\"`, or pass the bytes of that file.",
    });
  }
  provideModule(() => (isBytes ? new WebAssembly.Module(module as BufferSource) : (module as WebAssembly.Module)));
}

/** `a string`, `undefined`, `an object of type Module`. */
function describe(value: unknown, tag: string): string {
  if (value === undefined || value === null) return String(value);
  return Object(value) === value ? `an object of type ${tag.slice("[object ".length, -1)}` : `a ${typeof value}`;
}
