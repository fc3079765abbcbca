// Builds the package: node scripts/build.mjs GLUE OUT. GLUE is a directory with what wasm-bindgen made (core.js and core_bg.wasm, and
// for the emulator emulator.js and emulator_bg.wasm); OUT is replaced by what is published.
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2).map((given) => path.resolve(given));

/** What is in the package: a module, its files, and for each the source and the formats. */
const PARTS = {
  core: { index: ["inline", "esm", "cjs"], workerd: ["workerd", "esm"], "edge-light": ["edge-light", "esm"], slim: ["slim", "esm", "cjs"] },
  emulator: {
    emulator: ["emulator-inline", "esm", "cjs"],
    "emulator-workerd": ["emulator-workerd", "esm"],
    "emulator-edge-light": ["emulator-edge-light", "esm"],
  },
};
const hasEmulator = existsSync(path.join(glueDirectory, "emulator_bg.wasm")) && existsSync(path.join(here, "src/entry/emulator-inline.ts"));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [part, files] of Object.entries(PARTS)) {
  if (part === "emulator" && !hasEmulator) continue;
  await optimize(part);
  await patchGlue(part);
  for (const [file, [entry, ...formats]] of Object.entries(files)) {
    for (const format of formats) await bundle(part, file, entry, format);
  }
}
await emitTypes();
await writeManifest();
for (const name of ["README.md", "../../../LICENSE-MIT", "../../../LICENSE-APACHE"]) {
  await cp(path.join(here, name), path.join(out, path.basename(name)));
}

/** wasm-opt from the package `binaryen`, which is pinned by the lock file; wasm-pack would download one. */
async function optimize(part) {
  const wasmOpt = path.join(here, "node_modules/binaryen/bin/wasm-opt");
  const features = ["--enable-bulk-memory", "--enable-multivalue", "--enable-mutable-globals", "--enable-nontrapping-float-to-int", "--enable-reference-types", "--enable-sign-ext"];
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  const files = [path.join(glueDirectory, `${part}_bg.wasm`), "-o", path.join(out, `${part}.wasm`)];
  await run(process.execPath, [wasmOpt, "-Oz", "--converge", ...features, ...strip, ...files]);
}

/**
 * wasm-bindgen asks `module instanceof WebAssembly.Module`, which is false for a module of another realm: edge sandboxes hand such
 * ones out. Every caller here has compiled the module, so there is nothing to ask.
 */
async function patchGlue(part) {
  const source = await readFile(path.join(glueDirectory, `${part}.js`), "utf8");
  const trap = /if \(!\(module instanceof WebAssembly\.Module\)\) \{\s*module = new WebAssembly\.Module\(module\);\s*\}/g;
  const hits = source.match(trap)?.length ?? 0;
  if (hits !== 1) throw new Error(`the glue of ${part} has ${hits} places to patch, and not one: wasm-bindgen has changed`);
  await writeFile(path.join(glueDirectory, `${part}.patched.js`), source.replace(trap, ""));
}

async function bundle(part, file, entry, format) {
  await build({
    absWorkingDir: here,
    entryPoints: [`src/entry/${entry}.ts`],
    outfile: path.join(out, `${file}.${format === "cjs" ? "cjs" : "js"}`),
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    // No platform: nothing of one is used.
    platform: "neutral",
    external: ["*.wasm", "*.wasm?module"],
    alias: { [part === "core" ? "#glue" : `#${part}-glue`]: path.join(glueDirectory, `${part}.patched.js`) },
    plugins: [base64Of(part)],
    banner: { js: "/*! ajo-limits, MIT OR Apache-2.0 */" },
    legalComments: "none",
    logLevel: "warning",
    // Of wasm-bindgen's own loading, which is not used and dropped.
    logOverride: { "empty-import-meta": "silent" },
  });
}

/** `#module-base64` (for the emulator `#emulator-base64`): the optimized module as text. */
function base64Of(part) {
  const name = part === "core" ? "#module-base64" : `#${part}-base64`;
  return {
    name: "base64",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "base64" }));
      onLoad({ filter: /.*/, namespace: "base64" }, async () => ({
        contents: (await readFile(path.join(out, `${part}.wasm`))).toString("base64"),
        loader: "text",
      }));
    },
  };
}

/** The types twice: TypeScript takes a declaration for what its nearest package.json says that it is, a module or CommonJS. */
async function emitTypes() {
  const tsc = path.join(here, "node_modules/typescript/bin/tsc");
  const esm = path.join(out, "types/esm");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", esm];
  await run(process.execPath, [tsc, "-p", here, ...options]).catch((error) => {
    throw new Error(error.stdout);
  });
  await cp(esm, path.join(out, "types/cjs"), { recursive: true });
  await writeFile(path.join(out, "types/cjs/package.json"), '{ "type": "commonjs" }\n');
}

async function writeManifest() {
  const { devDependencies, scripts, private: _, ...manifest } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  manifest.exports = exportsMap();
  manifest.files = ["*.js", "*.cjs", "*.wasm", "types"];
  manifest.sideEffects = false;
  manifest.main = "./index.cjs";
  manifest.module = "./index.js";
  manifest.types = "./types/cjs/index.d.ts";
  await writeFile(path.join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** First the two runtimes that compile nothing at run time, then whoever imports or requires. There are no other conditions. */
function exportsMap() {
  const of = (file, type) => ({ types: `./types/esm/${type}.d.ts`, default: `./${file}.js` });
  const cjs = (file, type) => ({ types: `./types/cjs/${type}.d.ts`, default: `./${file}.cjs` });
  const everywhere = (file, prefix, type) => ({
    workerd: of(`${prefix}workerd`, type),
    "edge-light": of(`${prefix}edge-light`, type),
    import: of(file, type),
    require: cjs(file, type),
  });
  return {
    ".": everywhere("index", "", "index"),
    "./slim": { import: of("slim", "entry/slim"), require: cjs("slim", "entry/slim") },
    "./core.wasm": "./core.wasm",
    ...(hasEmulator && {
      "./emulator": everywhere("emulator", "emulator-", "entry/emulator-inline"),
      "./emulator.wasm": "./emulator.wasm",
    }),
    "./package.json": "./package.json",
  };
}
