// Only ES modules can import a WebAssembly module.
import core from "ajo-limits/core.wasm";
import { setModule } from "ajo-limits/slim";

setModule(core);
