// For `import` and `require`, except in edge runtimes. The module is part of the package as base64.
import encoded from "#emulator-base64";
import { decode } from "../base64.js";
import { provideEmulatorModule } from "../emulator-handle.js";

provideEmulatorModule(() => new WebAssembly.Module(decode(encoded)));

export * from "../emulator.js";
