// Builds the package: node scripts/build.mjs GLUE OUT. GLUE is the output directory of wasm-bindgen: core.js and core_bg.wasm. Replaces
// OUT with the files to publish.
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, cjs, copyTexts, emitTypes, esm, virtualModule, wasm, writeManifest } from "./package-files.mjs";
import { optimize, patchGlue } from "./wasm-module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2).map((argument) => path.resolve(argument));

/** Output file, entry in src/entry/, format. */
const FILES = [
  ["index.js", "inline", "esm"],
  ["index.cjs", "inline", "cjs"],
  ["workerd.js", "workerd", "esm"],
  ["edge-light.js", "edge-light", "esm"],
  ["slim.js", "slim", "esm"],
  ["slim.cjs", "slim", "cjs"],
];

/** Internal properties of the JS wrapper, which get short names. No option, JSON field or platform property has one of these names. */
const INTERNAL =
  /^(addStored|attemptTimeout|cleanUp|clientNumber|context|currentNumber|defaults|definition|describe|emit|endAttempt|envelope|flags|forCall|fromOptions|generation|idempotency|identity|isIdempotent|limits|locks|mask|maxBytes|maxErrorBytes|noContent|onAbort|progress|readSuccess|readText|redact|release|report|reportRetry|run|secrets|setInstantiate|settings|startAttempt|state)$/;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await optimize("core", glueDirectory, path.join(out, "core.wasm"));
const glue = await patchGlue("core", glueDirectory);
/** The optimized module as base64. */
const moduleAsBase64 = virtualModule("#module-base64", async () => ({
  contents: (await readFile(path.join(out, "core.wasm"))).toString("base64"),
  loader: "text",
}));
for (const [file, entry, format] of FILES) {
  await bundle({
    root: here,
    outfile: path.join(out, file),
    entry,
    name: "ajo-limits",
    format,
    // For an uncaught exception Node.js prints the line that threw it. It must not be the line with the module.
    ...(entry === "inline" && { lineLimit: 1000 }),
    alias: { "#glue": glue },
    plugins: [moduleAsBase64],
    mangleProps: INTERNAL,
  });
}
await emitTypes(here, out);
await writeManifest(here, out, {
  exports: exportsMap(),
  // For tools that do not support `exports`.
  main: "./index.cjs",
  module: "./index.js",
  types: "./types/cjs/index.d.ts",
  // npm adds only a file named LICENSE on its own.
  files: ["*.js", "*.cjs", "*.wasm", "types", "LICENSE-*"],
  sideEffects: false,
});
await copyTexts(here, out);

/** The runtimes that cannot compile WebAssembly come first, because the first matching condition wins. */
function exportsMap() {
  return {
    ".": {
      workerd: esm("workerd", "index"),
      "edge-light": esm("edge-light", "index"),
      import: esm("index", "index"),
      require: cjs("index", "index"),
    },
    "./slim": { import: esm("slim", "entry/slim"), require: cjs("slim", "entry/slim") },
    "./core.wasm": wasm("core.wasm"),
    "./package.json": "./package.json",
  };
}
