// For callers that provide the WebAssembly module themselves.
import { provideModule } from "../module.js";
import type { WasmModule } from "../platform.js";

export * from "../index.js";

/**
 * Sets the WebAssembly module: `ajo-limits/core.wasm`, compiled or as bytes. Call it before you create the first client. Bytes are
 * compiled at first use. A later call replaces a module that could not be started; a running module stays, for all clients.
 */
export function setModule(module: WasmModule | ArrayBuffer | ArrayBufferView): void {
  provideModule(() => (isBytes(module) ? new WebAssembly.Module(module as BufferSource) : (module as WebAssembly.Module)));
}

function isBytes(module: unknown): boolean {
  // Not `instanceof`, which is false for an object of another realm.
  return ArrayBuffer.isView(module) || Object.prototype.toString.call(module) === "[object ArrayBuffer]";
}
