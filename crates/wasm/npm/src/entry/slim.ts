// The caller brings the module.
import { provideModule } from "../module.js";
import type { WasmModule } from "../platform.js";

export * from "../index.js";

/**
 * Says which module to use: `ajo-limits/core.wasm`, compiled, or as bytes. To be called before the first client is made;
 * what is compiled from bytes is compiled when it is first used. A later call replaces a module that could not be started;
 * one that runs stays, for all clients.
 */
export function setModule(module: WasmModule | ArrayBuffer | ArrayBufferView): void {
  provideModule(() => (isBytes(module) ? new WebAssembly.Module(module as BufferSource) : (module as WebAssembly.Module)));
}

function isBytes(module: unknown): boolean {
  // Not `instanceof WebAssembly.Module` nor `ArrayBuffer`, which are false for one of another realm.
  return ArrayBuffer.isView(module) || Object.prototype.toString.call(module) === "[object ArrayBuffer]";
}
