// `import` and `require` everywhere but in edge runtimes: the module is part of the file.
import encoded from "#module-base64";
import { decode } from "../base64.js";
import { provideModule } from "../module.js";

provideModule(() => new WebAssembly.Module(decode(encoded)));

export * from "../index.js";
