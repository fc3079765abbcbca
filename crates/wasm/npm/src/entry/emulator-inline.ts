// `import` and `require` everywhere but in edge runtimes: the module is part of the package's text.
import encoded from "#emulator-base64";
import { decode } from "../base64.js";
import { provideEmulatorModule } from "../emulator-world.js";

provideEmulatorModule(() => new WebAssembly.Module(decode(encoded)));

export * from "../emulator.js";
