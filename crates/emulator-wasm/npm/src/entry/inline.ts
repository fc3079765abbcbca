// For `import` and `require`, except in edge runtimes. The module is part of the package as deflated base64.
import { inflateSync } from "fflate";
import encoded from "#module-text";
import { decode } from "../../../../wasm/npm/src/base64.js";
import { provideModule } from "../handle.js";

provideModule(() => new WebAssembly.Module(inflateSync(decode(encoded)) as BufferSource));

export * from "../index.js";
