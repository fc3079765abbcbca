// Vercel's edge runtime compiles nothing at run time either, and has a spelling of its own for the import of a module.
import module from "./emulator.wasm?module";
import { provideEmulatorModule } from "../emulator-world.js";

provideEmulatorModule(() => module);

export * from "../emulator.js";
