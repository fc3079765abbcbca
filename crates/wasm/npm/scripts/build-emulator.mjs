// Builds `ajo-limits/emulator`: node scripts/build-emulator.mjs GLUE OUT, or buildEmulator(glue, out) from another script.
//
//   cargo build --package ajo-emulator-wasm --lib --target wasm32-unknown-unknown --profile wasm
//   wasm-bindgen --target web --omit-default-module-path --no-typescript --experimental-reset-state-function \
//     --out-name emulator --out-dir GLUE target/wasm32-unknown-unknown/wasm/ajo_emulator_wasm.wasm
//
// makes what is in GLUE: emulator.js and emulator_bg.wasm.
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

/** The module as text, once for `import` and `require`: both would be too much for the package. */
const MODULE = "./emulator-module.cjs";
/** Where that file leaves it. A file that is a script to one and a module to another has no other way. */
const PLACE = 'globalThis[Symbol.for("ajo-limits.emulator-module")]';

/** What is made: a file, its entry in src/entry/, its format. */
const FILES = [
  ["emulator.js", "emulator-inline", "esm"],
  ["emulator.cjs", "emulator-inline", "cjs"],
  ["emulator-workerd.js", "emulator-workerd", "esm"],
  ["emulator-edge-light.js", "emulator-edge-light", "esm"],
];

export async function buildEmulator(glue, out) {
  await mkdir(out, { recursive: true });
  await optimize(glue, out);
  await writeFile(
    path.join(out, MODULE),
    `/*! ajo-limits, MIT OR Apache-2.0 */\n${PLACE}="${(await readFile(path.join(out, "emulator.wasm"))).toString("base64")}";\n`,
  );
  await patch(glue);
  for (const [file, entry, format] of FILES) await bundle(glue, path.join(out, file), entry, format);
}

async function optimize(glue, out) {
  const wasmOpt = path.join(here, "node_modules/binaryen/bin/wasm-opt");
  const features = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  const files = [path.join(glue, "emulator_bg.wasm"), "-o", path.join(out, "emulator.wasm")];
  await run(process.execPath, [wasmOpt, "-Oz", "--converge", ...features.map((it) => `--enable-${it}`), ...strip, ...files]);
}

/** `module instanceof WebAssembly.Module` is false for a module of another realm, which edge sandboxes hand out. */
async function patch(glue) {
  const source = await readFile(path.join(glue, "emulator.js"), "utf8");
  const trap = /if \(!\(module instanceof WebAssembly\.Module\)\) \{\s*module = new WebAssembly\.Module\(module\);\s*\}/g;
  const hits = source.match(trap)?.length ?? 0;
  if (hits !== 1) throw new Error(`the emulator's glue has ${hits} places to patch, and not one: wasm-bindgen has changed`);
  await writeFile(path.join(glue, "emulator.patched.js"), source.replace(trap, ""));
}

async function bundle(glue, outfile, entry, format) {
  await build({
    absWorkingDir: here,
    entryPoints: [`src/entry/${entry}.ts`],
    outfile,
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    platform: "neutral",
    external: ["*.wasm", "*.wasm?module", MODULE],
    alias: { "#emulator-glue": path.join(glue, "emulator.patched.js") },
    plugins: [{
      name: "module-as-text",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^#emulator-base64$/ }, (found) => ({ path: found.path, namespace: "module-as-text", sideEffects: true }));
        onLoad({ filter: /.*/, namespace: "module-as-text" }, () => ({
          contents: `import "${MODULE}"; export default ${PLACE};`,
        }));
      },
    }],
    banner: { js: "/*! ajo-limits, MIT OR Apache-2.0 */" },
    legalComments: "none",
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [glue, out] = process.argv.slice(2).map((given) => path.resolve(given));
  await buildEmulator(glue, out);
}
