// For `import` and `require`, except in edge runtimes. The module is part of the package as deflated base64.
import { encoded, length } from "#module-text";
import { decode } from "../../../../wasm/npm/src/base64.js";
import { inflate } from "../../../../wasm/npm/src/inflate.js";
import { provideModule } from "../handle.js";

provideModule(() => new WebAssembly.Module(inflate(decode(encoded), length)));

export * from "../index.js";
