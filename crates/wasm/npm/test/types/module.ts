// What only ES modules can import.
import core from "ajo-limits/core.wasm";
import { setModule } from "ajo-limits/slim";

setModule(core);
