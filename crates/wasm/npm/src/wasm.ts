// Type of `import core from "ajo-limits/core.wasm"`, for bundlers and runtimes that import WebAssembly modules.
import type { WasmModule } from "./platform.js";

declare const module: WasmModule;
export default module;
