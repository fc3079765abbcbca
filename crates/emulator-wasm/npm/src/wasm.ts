// Type of `import module from "ajo-limits-emulator/module.wasm"`, for bundlers and runtimes that import WebAssembly modules.
import type { WasmModule } from "./handle.js";

declare const module: WasmModule;
export default module;
