// Builds the package: node scripts/build.mjs GLUE OUT. GLUE is the output directory of wasm-bindgen: core.js and core_bg.wasm, and
// for the emulator emulator.js and emulator_bg.wasm. Replaces OUT with the files to publish.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
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
  /^(addStored|attemptTimeout|cleanUp|clientNumber|context|currentNumber|defaults|definition|describe|emit|endAttempt|envelope|flags|forCall|fromOptions|generation|idempotency|identity|isIdempotent|isStopped|limits|locks|mask|maxBytes|maxErrorBytes|noContent|onAbort|progress|reading|readSuccess|readText|redact|release|report|reportRetry|run|secrets|setInstantiate|settings|startAttempt|state)$/;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await optimize("core", glueDirectory, out);
const glue = await patchGlue("core", glueDirectory);
for (const file of FILES) await bundle(...file);
const hasEmulator = existsSync(path.join(glueDirectory, "emulator_bg.wasm"));
if (hasEmulator) {
  const { buildEmulator } = await import("./build-emulator.mjs");
  await buildEmulator(glueDirectory, out);
}
await emitTypes();
await writeManifest();
for (const name of ["README.md", "../../../LICENSE-MIT", "../../../LICENSE-APACHE"]) {
  await cp(path.join(here, name), path.join(out, path.basename(name)));
}

async function bundle(file, entry, format) {
  await build({
    absWorkingDir: here,
    entryPoints: [`src/entry/${entry}.ts`],
    outfile: path.join(out, file),
    bundle: true,
    minify: true,
    // For an uncaught exception Node.js prints the line that threw it. It must not be the line with the module.
    ...(entry === "inline" && { lineLimit: 1000 }),
    format,
    target: "es2022",
    // The code uses no platform's own modules.
    platform: "neutral",
    external: ["*.wasm", "*.wasm?module"],
    alias: { "#glue": glue },
    plugins: [{ name: "module-as-base64", setup: moduleAsBase64 }],
    // wasm-bindgen's glue would print deprecation warnings.
    drop: ["console"],
    mangleProps: INTERNAL,
    banner: { js: "/*! ajo-limits, MIT OR Apache-2.0 */" },
    legalComments: "none",
    logLevel: "warning",
  });
}

/** `#module-base64` becomes the optimized module as base64. */
function moduleAsBase64({ onResolve, onLoad }) {
  onResolve({ filter: /^#module-base64$/ }, ({ path }) => ({ path, namespace: "module-as-base64" }));
  onLoad({ filter: /.*/, namespace: "module-as-base64" }, async () => ({
    contents: (await readFile(path.join(out, "core.wasm"))).toString("base64"),
    loader: "text",
  }));
}

/** Emits the types twice, because the nearest package.json decides whether a declaration is for ESM or CommonJS. */
async function emitTypes() {
  const tsc = path.join(here, "node_modules/typescript/bin/tsc");
  const esm = path.join(out, "types/esm");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", esm];
  await promisify(execFile)(process.execPath, [tsc, "-p", here, ...options]).catch((error) => {
    throw new Error(error.stdout);
  });
  await cp(esm, path.join(out, "types/cjs"), { recursive: true });
  await writeFile(path.join(out, "types/cjs/package.json"), '{ "type": "commonjs" }\n');
}

async function writeManifest() {
  const { devDependencies, scripts, ...manifest } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  Object.assign(manifest, {
    exports: exportsMap(),
    // For tools that do not support `exports`.
    main: "./index.cjs",
    module: "./index.js",
    types: "./types/cjs/index.d.ts",
    // npm adds only a file named LICENSE on its own.
    files: ["*.js", "*.cjs", "*.wasm", "types", "LICENSE-*"],
    sideEffects: hasEmulator ? ["./emulator-module.cjs"] : false,
  });
  await writeFile(path.join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The runtimes that cannot compile WebAssembly come first, because the first matching condition wins. */
function exportsMap() {
  const esm = (file, type) => ({ types: `./types/esm/${type}.d.ts`, default: `./${file}.js` });
  const cjs = (file, type) => ({ types: `./types/cjs/${type}.d.ts`, default: `./${file}.cjs` });
  const entryPoint = (file, prefix, type) => ({
    workerd: esm(`${prefix}workerd`, type),
    "edge-light": esm(`${prefix}edge-light`, type),
    import: esm(file, type),
    require: cjs(file, type),
  });
  const wasm = (file) => ({ types: "./types/esm/wasm.d.ts", default: `./${file}` });
  return {
    ".": entryPoint("index", "", "index"),
    "./slim": { import: esm("slim", "entry/slim"), require: cjs("slim", "entry/slim") },
    "./core.wasm": wasm("core.wasm"),
    ...(hasEmulator && {
      "./emulator": entryPoint("emulator", "emulator-", "emulator"),
      "./emulator.wasm": wasm("emulator.wasm"),
    }),
    "./package.json": "./package.json",
  };
}
