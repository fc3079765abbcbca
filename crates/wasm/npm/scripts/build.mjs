// Builds the package: node scripts/build.mjs GLUE OUT. GLUE is the output directory of wasm-bindgen: core.js and core_bg.wasm. Replaces
// OUT with the files to publish.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, cjs, copyTexts, emitTypes, esm, virtualModule, wasm, writeManifest } from "./package-files.mjs";
import { optimize, patchGlue } from "./wasm-module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2).map((argument) => path.resolve(argument));

/**
 * Entry points: the subpath, the file in src/ with its types, and for each condition the file in src/ and the one in src/entry/ that loads
 * the WebAssembly module. The runtimes that cannot compile WebAssembly come first, because the first matching condition wins. `default`
 * stands for `import` and `require`.
 *
 * With `reexports` instead of `sources`, the files re-export from those of another entry point, because every copy of the client takes
 * 8 to 72 KB.
 */
const ENTRY_POINTS = {
  ".": { types: "index", sources: { workerd: ["index", "workerd"], "edge-light": ["index", "edge-light"], default: ["index", "inline"] } },
  "./slim": { types: "slim", sources: { default: ["slim", "slim"] } },
  "./auth": { types: "auth", reexports: "." },
  "./errors": { types: "errors", sources: { default: ["errors"] } },
  "./stores/kv": { types: "stores/kv", sources: { default: ["stores/kv"] } },
  "./stores/durable-object": { types: "stores/durable-object", sources: { default: ["stores/durable-object"] } },
  "./stores/file": { types: "stores/file", sources: { default: ["stores/file"] } },
};

/** Internal properties of the JS wrapper, which get short names. No option, JSON field or platform property has one of these names. */
const INTERNAL =
  /^(addStored|attemptTimeout|clientNumber|context|currentNumber|defaults|definition|describe|emit|endAttempt|envelope|flags|forCall|fromOptions|idempotency|identity|isIdempotent|isStopped|limits|locks|mask|maxBytes|maxErrorBytes|noContent|onStop|progress|reading|readSuccess|readText|redact|release|report|reportRetry|secrets|settings|startAttempt)$/;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await optimize("core", glueDirectory, path.join(out, "core.wasm"));
const glue = await patchGlue("core", glueDirectory);
/** The optimized module as base64. */
const moduleAsBase64 = virtualModule("#module-base64", async () => ({
  contents: (await readFile(path.join(out, "core.wasm"))).toString("base64"),
  loader: "text",
}));
for (const subpath of Object.keys(ENTRY_POINTS)) {
  for (const file of filesOf(subpath)) await (file.source ? bundleFile(file) : reexport(file, ENTRY_POINTS[subpath].types));
}
await emitTypes(here, out);
await writeManifest(here, out, {
  exports: exportsMap(),
  // For tools that do not support `exports`.
  main: "./index.cjs",
  module: "./index.js",
  types: "./types/cjs/index.d.ts",
  typesVersions: { "*": typesByPath() },
  // npm adds only a file named LICENSE on its own.
  files: ["*.js", "*.cjs", "*.wasm", "stores", "types", "LICENSE-*", "CHANGELOG.md"],
  sideEffects: false,
});
await copyTexts(here, out);
await cp(path.join(here, "CHANGELOG.md"), path.join(out, "CHANGELOG.md"));

/** The output files of an entry point: condition, name without extension, and the source or the file from which it re-exports. */
function filesOf(subpath) {
  const { sources, reexports } = ENTRY_POINTS[subpath];
  const prefix = subpath === "." ? [] : [subpath.slice("./".length)];
  const name = (condition) => (condition === "default" ? (prefix[0] ?? "index") : [...prefix, condition].join("-"));
  if (reexports) return filesOf(reexports).map(({ condition, name: from }) => ({ condition, name: name(condition), from }));
  return Object.entries(sources).map(([condition, source]) => ({ condition, name: name(condition), source }));
}

/** Extension and format of the files for a condition. */
function formats(condition) {
  return condition === "default" ? [["js", "esm"], ["cjs", "cjs"]] : [["js", "esm"]];
}

async function bundleFile({ condition, name, source: [source, loader] }) {
  for (const [extension, format] of formats(condition)) {
    await bundle({
      root: here,
      outfile: path.join(out, `${name}.${extension}`),
      entryPoints: [`src/${source}.ts`],
      name: "ajo-limits",
      format,
      // For an uncaught exception Node.js prints the line that threw it. It must not be the line with the module.
      ...(loader === "inline" && { lineLimit: 1000 }),
      external: ["node:*"],
      ...(loader && { alias: { "#glue": glue, "#module": path.join(here, "src/module.ts"), "#load-module": path.join(here, `src/entry/${loader}.ts`) } }),
      plugins: [moduleAsBase64],
      mangleProps: INTERNAL,
    });
  }
}

async function reexport({ condition, name, from }, types) {
  const names = (await exportedNames(types)).join(",");
  for (const [extension, format] of formats(condition)) {
    const file = `./${from}.${extension}`;
    const code = format === "esm" ? `export{${names}}from"${file}";` : `"use strict";const{${names}}=require("${file}");module.exports={${names}};`;
    await writeFile(path.join(out, `${name}.${extension}`), `${code}\n`);
  }
}

/** The values that a file in src/ exports. */
async function exportedNames(source) {
  const { exports } = await bundle({
    root: here,
    entryPoints: [`src/${source}.ts`],
    name: "ajo-limits",
    format: "esm",
    external: ["#module"],
  });
  return exports;
}

function exportsMap() {
  const conditions = (types, { condition, name }) =>
    condition === "default" ? { import: esm(name, types), require: cjs(name, types) } : { [condition]: esm(name, types) };
  const entryPoint = ([subpath, { types }]) => [subpath, Object.assign({}, ...filesOf(subpath).map((file) => conditions(types, file)))];
  return {
    ...Object.fromEntries(Object.entries(ENTRY_POINTS).map(entryPoint)),
    "./core.wasm": wasm("core.wasm"),
    "./package.json": "./package.json",
  };
}

/** The types of the subpaths for TypeScript's `node10` resolution, which does not support `exports`. */
function typesByPath() {
  const paths = Object.entries(ENTRY_POINTS).filter(([subpath]) => subpath !== ".");
  const types = paths.map(([subpath, { types }]) => [subpath.slice("./".length), [`./types/cjs/${types}.d.ts`]]);
  return { ...Object.fromEntries(types), "core.wasm": ["./types/cjs/wasm.d.ts"] };
}
