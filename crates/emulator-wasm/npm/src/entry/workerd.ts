// Cloudflare Workers cannot compile WebAssembly at run time, so the module is imported.
import module from "./emulator.wasm";
import { provideEmulatorModule } from "../emulator-handle.js";

provideEmulatorModule(() => module);

export * from "../emulator.js";
