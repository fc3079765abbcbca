// Builds the package: node scripts/build.mjs GLUE OUT. GLUE is a directory with what wasm-bindgen made: core.js and core_bg.wasm,
// and for the emulator emulator.js and emulator_bg.wasm. OUT is replaced by what is published.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { optimize, patchGlue } from "./module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2).map((given) => path.resolve(given));

/** What is made: a file, its entry in src/entry/, its format. */
const FILES = [
  ["index.js", "inline", "esm"],
  ["index.cjs", "inline", "cjs"],
  ["workerd.js", "workerd", "esm"],
  ["edge-light.js", "edge-light", "esm"],
  ["slim.js", "slim", "esm"],
  ["slim.cjs", "slim", "cjs"],
];

/** Properties that only the shell's own modules know: no option, no JSON of the core's, nothing of the platform is called so. */
const INTERNAL =
  /^(addStored|answer|ask|clean|definition|describe|generation|helpers|input|interrupt|known|mask|onAbort|phase|provide|release|run|secrets|step|tell)$/;

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
    // Node.js prints the line in which an error was thrown that nobody catches: that must not be the one with the module.
    ...(entry === "inline" && { lineLimit: 1000 }),
    format,
    target: "es2022",
    // No platform: nothing of one is used.
    platform: "neutral",
    external: ["*.wasm", "*.wasm?module"],
    alias: { "#glue": glue },
    plugins: [{ name: "module-as-text", setup: moduleAsText }],
    // wasm-bindgen's glue would print that it is called by an older form.
    drop: ["console"],
    mangleProps: INTERNAL,
    banner: { js: "/*! ajo-limits, MIT OR Apache-2.0 */" },
    legalComments: "none",
    logLevel: "warning",
  });
}

/** `#module-base64`: the optimized module as text. */
function moduleAsText({ onResolve, onLoad }) {
  onResolve({ filter: /^#module-base64$/ }, (found) => ({ path: found.path, namespace: "module-as-text" }));
  onLoad({ filter: /.*/, namespace: "module-as-text" }, async () => ({
    contents: (await readFile(path.join(out, "core.wasm"))).toString("base64"),
    loader: "text",
  }));
}

/** The types twice: TypeScript takes a declaration for what its nearest package.json says that it is, a module or CommonJS. */
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
    // For tools from before `exports`.
    main: "./index.cjs",
    module: "./index.js",
    types: "./types/cjs/index.d.ts",
    // Of licenses, npm adds by itself only those with plainer names.
    files: ["*.js", "*.cjs", "*.wasm", "types", "LICENSE-*"],
    sideEffects: hasEmulator ? ["./emulator-module.cjs"] : false,
  });
  await writeFile(path.join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** First the two runtimes that compile nothing at run time, then whoever imports or requires. There are no other conditions. */
function exportsMap() {
  const esm = (file, type) => ({ types: `./types/esm/${type}.d.ts`, default: `./${file}.js` });
  const cjs = (file, type) => ({ types: `./types/cjs/${type}.d.ts`, default: `./${file}.cjs` });
  const everywhere = (file, prefix, type) => ({
    workerd: esm(`${prefix}workerd`, type),
    "edge-light": esm(`${prefix}edge-light`, type),
    import: esm(file, type),
    require: cjs(file, type),
  });
  const wasm = (file) => ({ types: "./types/esm/wasm.d.ts", default: `./${file}` });
  return {
    ".": everywhere("index", "", "index"),
    "./slim": { import: esm("slim", "entry/slim"), require: cjs("slim", "entry/slim") },
    "./core.wasm": wasm("core.wasm"),
    ...(hasEmulator && {
      "./emulator": everywhere("emulator", "emulator-", "emulator"),
      "./emulator.wasm": wasm("emulator.wasm"),
    }),
    "./package.json": "./package.json",
  };
}
