// Loads the WebAssembly module: the one that the program provides, or else that of an entry point.
import { AjoValidationError } from "./errors.js";
import type { WasmModule } from "./platform.js";

let source: BufferSource | WebAssembly.Module | undefined;
let loader: (() => WebAssembly.Module) | undefined;

/** @internal Returns the export of an entry point that loads the module with `load`. */
export function withLoader<Export>(load: () => WebAssembly.Module, value: Export): Export {
  loader = load;
  return value;
}

/**
 * Sets the WebAssembly module: `ajo-limits/core.wasm`, compiled or as bytes. Call it before you create the first client. Bytes are
 * compiled at first use. A later call replaces a module that could not be started; a running module stays, for all clients, also those of `ajo-limits`.
 *
 * Throws an `AjoValidationError` for anything else, such as the exports of an instance or a path, which `import core from
 * "ajo-limits/core.wasm"` returns in some runtimes.
 */
export function setModule(module: WasmModule | ArrayBuffer | ArrayBufferView): void {
  if (!isBytes(module) && typeName(module) !== "WebAssembly.Module") {
    throw new AjoValidationError(`setModule: expected a WebAssembly.Module or its bytes, not ${describe(module)}`, {
      code: "CONFIG",
      hint: "Import it with `import source core from \"ajo-limits/core.wasm\"`, or pass the bytes of that file.",
    });
  }
  source = module as BufferSource | WebAssembly.Module;
}

/** @internal */
export function loadModule(): WebAssembly.Module {
  if (source === undefined && loader !== undefined) return loader();
  if (source === undefined) {
    throw new AjoValidationError("ajo-limits/slim has no WebAssembly module", { code: "CONFIG", hint: "Call `setModule` first." });
  }
  if (isBytes(source)) source = new WebAssembly.Module(source);
  return source;
}

// Not `instanceof`, which is false for an object of another realm.
function isBytes(value: unknown): value is BufferSource {
  return ArrayBuffer.isView(value) || ["ArrayBuffer", "SharedArrayBuffer"].includes(typeName(value));
}

/** `Promise`, `WebAssembly.Module`, `String`. */
function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** `a string`, `undefined`, `an object of type Module`. */
function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  return Object(value) === value ? `an object of type ${typeName(value)}` : `a ${typeof value}`;
}
