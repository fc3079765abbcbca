// Cloudflare Workers compile nothing at run time: the module is imported.
import module from "./emulator.wasm";
import { provideEmulatorModule } from "../emulator-world.js";

provideEmulatorModule(() => module);

export * from "../emulator.js";
