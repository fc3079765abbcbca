// For `import` and `require`, except in edge runtimes. The file contains the module as base64.
import encoded from "#module-base64";
import { decode } from "../base64.js";
import { provideModule } from "../module.js";

provideModule(() => new WebAssembly.Module(decode(encoded)));

export * from "../index.js";
