// Builds the package: node scripts/build.mjs GLUE OUT WORKSPACE. GLUE is the output directory of wasm-bindgen: core.js and core_bg.wasm.
// Replaces OUT with the files to publish. WORKSPACE is version, homepage, and repository in Cargo.toml, as JSON.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, cjs, copyTexts, emitTypes, esm, virtualModule, wasm, writeManifest } from "./package-files.mjs";
import { deflatedText, optimize, patchGlue } from "./wasm-module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2, 4).map((argument) => path.resolve(argument));
const workspace = JSON.parse(process.argv[4]);

/**
 * Entry points: the subpath, the file in src/ with its types, and for each condition either a file in src/ or, with `loaders`, the file in
 * src/entry/ that loads the WebAssembly module for the client. The runtimes that cannot compile WebAssembly come first, because the first
 * matching condition wins. `default` stands for `import` and `require`.
 *
 * With `reexports`, the files re-export from those of another entry point, with `from` from a shared file.
 */
const ENTRY_POINTS = {
  ".": { types: "index", loaders: { workerd: "workerd", "edge-light": "edge-light", default: "inline" } },
  "./slim": { types: "slim", from: "shared" },
  "./auth": { types: "auth", reexports: "." },
  "./errors": { types: "errors", sources: { default: "errors" } },
  "./stores/kv": { types: "stores/kv", sources: { default: "stores/kv" } },
  "./stores/durable-object": { types: "stores/durable-object", sources: { default: "stores/durable-object" } },
  "./stores/file": { types: "stores/file", sources: { default: "stores/file" } },
};
/** The files that all entry points with the client share. */
const SHARED = ["shared", "errors"];

/** Internal properties of the JS wrapper, which get short names. No option, JSON field or platform property has one of these names. */
const INTERNAL =
  /^(addStored|attemptTimeout|clientNumber|context|currentNumber|defaults|definition|describe|emit|endAttempt|envelope|flags|forCall|fromOptions|idempotency|identity|isIdempotent|isStopped|limits|locks|mask|maxBytes|maxErrorBytes|noContent|onStop|progress|reading|readSuccess|readText|redact|release|report|reportRetry|secrets|settings|startAttempt)$/;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await optimize("core", glueDirectory, path.join(out, "core.wasm"));
const glue = await patchGlue("core", glueDirectory);
/** The optimized module as text, and its size. */
const module = await readFile(path.join(out, "core.wasm"));
const contents = `export const encoded = "${await deflatedText(module)}", length = ${module.length};`;
const moduleText = virtualModule("#module-text", () => ({ contents }));
/** The same short names in all files. */
let mangleCache = {};
const names = { all: await exportedNames("index"), errors: await exportedNames("errors") };
await bundleFile({ condition: "default", name: "shared", source: "entry/shared" });
for (const [subpath, { types }] of Object.entries(ENTRY_POINTS)) {
  for (const file of filesOf(subpath)) await (file.from ? reexport(file, await exportedNames(types)) : bundleFile(file));
}
await emitTypes(here, out, [...Object.values(ENTRY_POINTS).map(({ types }) => types), "wasm"]);
await writeManifest(here, out, workspace, {
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

/** The output files of an entry point: condition, name without extension, and the source, the loader, or the file from which it re-exports. */
function filesOf(subpath) {
  const { sources, loaders, reexports, from } = ENTRY_POINTS[subpath];
  const prefix = subpath === "." ? [] : [subpath.slice("./".length)];
  const name = (condition) => (condition === "default" ? (prefix[0] ?? "index") : [...prefix, condition].join("-"));
  if (from) return [{ condition: "default", name: name("default"), from }];
  if (reexports) return filesOf(reexports).map(({ condition, name: from }) => ({ condition, name: name(condition), from }));
  const files = Object.entries(sources ?? loaders);
  return files.map(([condition, file]) => ({ condition, name: name(condition), [sources ? "source" : "loader"]: file }));
}

/** Extension and format of the files for a condition. */
function formats(condition) {
  return condition === "default" ? [["js", "esm"], ["cjs", "cjs"]] : [["js", "esm"]];
}

async function bundleFile({ condition, name, source, loader }) {
  for (const [extension, format] of formats(condition)) {
    const result = await bundle({
      root: here,
      outfile: path.join(out, `${name}.${extension}`),
      entryPoints: [loader ? "#entry" : `src/${source}.ts`],
      name: "ajo-limits",
      format,
      external: ["node:*", ...SHARED.map((it) => `./${it}.${extension}`)],
      alias: { "#glue": glue, "#module": path.join(here, "src/module.ts") },
      plugins: [moduleText, entry(loader, extension), sharedFiles(name, extension)],
      mangleProps: INTERNAL,
      mangleCache,
    });
    mangleCache = result.mangleCache;
  }
}

/**
 * An entry point: the exports of the client, each with the loader. Bundlers drop the loader with unused exports, because no statement has
 * side effects. So importing an error class does not add the module.
 */
function entry(loader, extension) {
  const own = names.all.filter((it) => !names.errors.includes(it));
  const contents = `
    import { withLoader, ${own.map((it) => `${it} as ${it}0`).join(", ")} } from "./shared.${extension}";
    import { loadModule } from "./src/entry/${loader}.ts";
    ${own.map((it) => `export const ${it} = /* @__PURE__ */ withLoader(loadModule, ${it}0);`).join("\n")}
    export { ${names.errors.join(", ")} } from "./errors.${extension}";`;
  return virtualModule("#entry", () => ({ contents, resolveDir: here }));
}

/** An esbuild plugin that makes imports of shared files, in the root of the package, stay imports. */
function sharedFiles(name, extension) {
  return {
    name: "shared-files",
    setup({ onResolve }) {
      if (name !== "shared") return;
      onResolve({ filter: /^\.\/errors\.js$/ }, () => ({ path: `./errors.${extension}`, external: true }));
    },
  };
}

async function reexport({ condition, name, from }, names) {
  for (const [extension, format] of formats(condition)) {
    const file = `./${from}.${extension}`;
    const code = format === "esm" ? `export{${names}}from"${file}";` : `"use strict";const{${names}}=require("${file}");module.exports={${names}};`;
    await writeFile(path.join(out, `${name}.${extension}`), `${code}\n`);
  }
}

/** The values that a file in src/ exports. */
async function exportedNames(source) {
  const { exports } = await bundle({ root: here, entryPoints: [`src/${source}.ts`], name: "ajo-limits", format: "esm", external: ["#module"] });
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
