// Only ES modules can import a WebAssembly module.
import module from "ajo-limits-emulator/module.wasm";

export const imported: object = module;
