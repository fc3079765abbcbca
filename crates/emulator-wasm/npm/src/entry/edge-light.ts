// Vercel's edge runtime cannot compile WebAssembly at run time either, and has its own syntax for importing a module.
import module from "./emulator.wasm?module";
import { provideEmulatorModule } from "../emulator-handle.js";

provideEmulatorModule(() => module);

export * from "../emulator.js";
