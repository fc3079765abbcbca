// What the import of `ajo-limits/core.wasm` gives where a bundler or a runtime imports modules of WebAssembly. Types alone.
import type { WasmModule } from "./platform.js";

declare const module: WasmModule;
export default module;
