// Builds the package: node scripts/build.mjs GLUE OUT WORKSPACE. GLUE is the output directory of wasm-bindgen: emulator.js and
// emulator_bg.wasm. Replaces OUT with the files to publish. WORKSPACE is version, homepage, and repository in Cargo.toml, as JSON.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, cjs, copyTexts, emitTypes, esm, virtualModule, wasm, writeManifest } from "../../../wasm/npm/scripts/package-files.mjs";
import { deflatedText, optimize, patchGlue } from "../../../wasm/npm/scripts/wasm-module.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [glueDirectory, out] = process.argv.slice(2, 4).map((argument) => path.resolve(argument));
const workspace = JSON.parse(process.argv[4]);

/** The module as text, shared by `import` and `require`: two copies would make the package too large. */
const TEXT = "./module.cjs";
/** That file assigns the text to a global, because it is loaded both as CommonJS and as an ES module. */
const GLOBAL = `globalThis[Symbol.for("ajo-limits-emulator ${workspace.version}")]`;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await optimize("emulator", glueDirectory, path.join(out, "module.wasm"));
const module = await readFile(path.join(out, "module.wasm"));
await writeFile(path.join(out, TEXT), `${GLOBAL}="${await deflatedText(module)}";\n`);
const glue = await patchGlue("emulator", glueDirectory);
const moduleText = virtualModule("#module-text", () => ({
  contents: `import "${TEXT}"; export const encoded = ${GLOBAL}, length = ${module.length};`,
}));
const common = {
  root: here,
  outdir: out,
  name: "ajo-limits-emulator",
  external: [TEXT],
  alias: { "#glue": glue },
  plugins: [moduleText],
  // Readable code takes less space than minified code with source maps.
  minify: false,
};
// The ES modules share emulator.js.
const modules = { index: "src/entry/inline.ts", workerd: "src/entry/workerd.ts", "edge-light": "src/entry/edge-light.ts" };
await bundle({ ...common, format: "esm", entryPoints: modules, splitting: true, chunkNames: "emulator" });
await bundle({ ...common, format: "cjs", entryPoints: { index: "src/entry/inline.ts" }, outExtension: { ".js": ".cjs" } });
await emitTypes(here, out, ["index", "wasm"], "tsconfig.types.json");
await writeManifest(here, out, workspace, {
  exports: {
    ".": {
      // The runtimes that cannot compile WebAssembly come first, because the first matching condition wins.
      workerd: esm("workerd", "index"),
      "edge-light": esm("edge-light", "index"),
      import: esm("index", "index"),
      require: cjs("index", "index"),
    },
    "./module.wasm": wasm("module.wasm"),
    "./package.json": "./package.json",
  },
  // For tools that do not support `exports`.
  main: "./index.cjs",
  module: "./index.js",
  types: "./types/cjs/index.d.ts",
  // For TypeScript's `node10` resolution, which does not support `exports`.
  typesVersions: { "*": { "module.wasm": ["./types/cjs/wasm.d.ts"] } },
  // npm adds only a file named LICENSE on its own.
  files: ["*.js", "*.cjs", "*.wasm", "types", "LICENSE-*"],
  sideEffects: [TEXT],
});
await copyTexts(here, out);
