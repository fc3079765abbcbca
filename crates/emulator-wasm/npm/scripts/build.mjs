// Builds `ajo-limits/emulator`: node scripts/build-emulator.mjs GLUE OUT, or buildEmulator(glue, out) from another script.
//
//   cargo build --package ajo-emulator-wasm --lib --target wasm32-unknown-unknown --profile wasm
//   wasm-bindgen --target web --omit-default-module-path --no-typescript --experimental-reset-state-function \
//     --out-name emulator --out-dir GLUE target/wasm32-unknown-unknown/wasm/ajo_emulator_wasm.wasm
//
// write emulator.js and emulator_bg.wasm to GLUE.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { optimize, patchGlue } from "./wasm-module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));

/** The module as base64, shared by `import` and `require`: two copies would make the package too large. */
const MODULE = "./emulator-module.cjs";
/** That file assigns the module to a global, because it is loaded both as CommonJS and as an ES module. */
const GLOBAL = 'globalThis[Symbol.for("ajo-limits.emulator-module")]';

/** Output file, entry in src/entry/, format. */
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
    `/*! ajo-limits, MIT OR Apache-2.0 */\n${GLOBAL}="${(await readFile(path.join(out, "emulator.wasm"))).toString("base64")}";\n`,
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
      name: "module-as-base64",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^#emulator-base64$/ }, ({ path }) => ({ path, namespace: "module-as-base64", sideEffects: true }));
        onLoad({ filter: /.*/, namespace: "module-as-base64" }, () => ({
          contents: `import "${MODULE}"; export default ${GLOBAL};`,
        }));
      },
    }],
    banner: { js: "/*! ajo-limits, MIT OR Apache-2.0 */" },
    legalComments: "none",
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [glue, out] = process.argv.slice(2).map((argument) => path.resolve(argument));
  await buildEmulator(glue, out);
}
