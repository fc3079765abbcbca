// For `import` and `require`, except in edge runtimes. The module is part of the package as deflated base64.
import inflate from "tiny-inflate";
import { encoded, length } from "#module-text";
import { decode } from "../../../../wasm/npm/src/base64.js";
import { provideModule } from "../handle.js";

provideModule(() => new WebAssembly.Module(inflate(decode(encoded), new Uint8Array(length))));

export * from "../index.js";
