// Builds `ajo-limits/emulator`: node scripts/build-emulator.mjs GLUE OUT, or buildEmulator(glue, out) from another script.
//
//   cargo build --package ajo-emulator-wasm --lib --target wasm32-unknown-unknown --profile wasm
//   wasm-bindgen --target web --omit-default-module-path --no-typescript --experimental-reset-state-function \
//     --out-name emulator --out-dir GLUE target/wasm32-unknown-unknown/wasm/ajo_emulator_wasm.wasm
//
// makes what is in GLUE: emulator.js and emulator_bg.wasm.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { optimize, patchGlue } from "./module.mjs";

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
  await optimize("emulator", glue, out);
  await writeFile(
    path.join(out, MODULE),
    `/*! ajo-limits, MIT OR Apache-2.0 */\n${PLACE}="${(await readFile(path.join(out, "emulator.wasm"))).toString("base64")}";\n`,
  );
  const patched = await patchGlue("emulator", glue);
  for (const [file, entry, format] of FILES) await bundle(patched, path.join(out, file), entry, format);
}

async function bundle(patched, outfile, entry, format) {
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
    alias: { "#emulator-glue": patched },
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
