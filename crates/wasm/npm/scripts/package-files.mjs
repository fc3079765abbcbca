// Writes the files of an npm package: bundles, types, texts, and package.json. Used by the builds of `ajo-limits` and `ajo-limits-emulator`.
// ROOT is the folder of the package's sources, OUT the folder to publish.
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, transform } from "esbuild";

const tools = fileURLToPath(new URL("../node_modules", import.meta.url));
const repositoryFolder = fileURLToPath(new URL("../../../..", import.meta.url));

/** Bundles ROOT/src/entry/ENTRY.ts. The license is in a comment, and imported WebAssembly modules stay files. */
export async function bundle({ root, entry, name, external = [], ...options }) {
  const { outputFiles, metafile, mangleCache } = await build({
    absWorkingDir: root,
    entryPoints: [`src/entry/${entry}.ts`],
    bundle: true,
    minifyIdentifiers: true,
    minifySyntax: true,
    target: "es2022",
    // The code uses no platform's own modules.
    platform: "neutral",
    external: ["*.wasm", "*.wasm?module", ...external],
    // wasm-bindgen's glue would print deprecation warnings.
    drop: ["console"],
    legalComments: "none",
    logLevel: "warning",
    write: false,
    metafile: true,
    ...options,
  });
  for (const { path: file, text } of options.outfile || options.outdir ? outputFiles : []) {
    // Removing white space would also remove the annotations with which other bundlers drop unused variables.
    const annotated = text.replaceAll(/^var .*/gm, (line) => line.replaceAll(/\/\* @__PURE__ \*\/ (new )?(?=[\w$])/g, "$1__PURE__."));
    // For an uncaught exception Node.js prints the line that threw it.
    const { code } = await transform(annotated, { minifyWhitespace: true, lineLimit: 300, target: "es2022" });
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `/*! ${name}, MIT OR Apache-2.0 */\n${code.replaceAll(/(new )?__PURE__\./g, "/*@__PURE__*/$1")}`);
  }
  return { exports: Object.values(metafile.outputs)[0].exports, mangleCache };
}

/** An esbuild plugin that replaces the import of NAME with the contents that `load` returns. */
export function virtualModule(name, load) {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ path }) => ({ path, namespace: name, sideEffects: true }));
      onLoad({ filter: /.*/, namespace: name }, load);
    },
  };
}

/**
 * Emits the types of the entry points ENTRIES, and what they import, twice, because the nearest package.json decides whether a declaration
 * is for ESM or CommonJS.
 */
export async function emitTypes(root, out, entries, project = "tsconfig.json") {
  const esm = path.join(out, "types/esm");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", esm];
  const tsc = [path.join(tools, "typescript/bin/tsc"), "-p", project, ...options];
  await promisify(execFile)(process.execPath, tsc, { cwd: root }).catch((error) => {
    throw new Error(error.stdout);
  });
  const used = new Set();
  for (const entry of entries) await addImports(path.join(esm, `${entry}.d.ts`), used);
  for (const name of await readdir(esm, { recursive: true })) {
    const file = path.join(esm, name);
    if (name.endsWith(".d.ts") && !used.has(file)) await rm(file);
  }
  await cp(esm, path.join(out, "types/cjs"), { recursive: true });
  await writeFile(path.join(out, "types/cjs/package.json"), '{ "type": "commonjs" }\n');
}

/** Adds a declaration file, and those that it imports. */
async function addImports(file, used) {
  if (used.has(file)) return;
  used.add(file);
  const imports = (await readFile(file, "utf8")).matchAll(/(?:from |import\()"(\.[^"]*)\.js"/g);
  for (const [, name] of imports) await addImports(path.join(path.dirname(file), `${name}.d.ts`), used);
}

/** Writes package.json: that of the sources without scripts and tools, the version and links of the workspace, and FIELDS. */
export async function writeManifest(root, out, { version, homepage, repository }, fields) {
  const { devDependencies, scripts, name, ...manifest } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const links = {
    homepage,
    // npm's normal form; otherwise `npm publish` warns.
    repository: { type: "git", url: `git+${repository}.git`, directory: path.relative(repositoryFolder, root).replaceAll(path.sep, "/") },
    bugs: { url: `${repository}/issues` },
  };
  await writeFile(path.join(out, "package.json"), `${JSON.stringify({ name, version, ...manifest, ...links, ...fields }, null, 2)}\n`);
}

/** Copies the README and the licenses. */
export async function copyTexts(root, out) {
  for (const file of [path.join(root, "README.md"), path.join(repositoryFolder, "LICENSE-MIT"), path.join(repositoryFolder, "LICENSE-APACHE")]) {
    await cp(file, path.join(out, path.basename(file)));
  }
}

/** Conditions of an entry point in `exports`. FILE and TYPE have no extension. */
export const esm = (file, type) => ({ types: `./types/esm/${type}.d.ts`, default: `./${file}.js` });
export const cjs = (file, type) => ({ types: `./types/cjs/${type}.d.ts`, default: `./${file}.cjs` });
export const wasm = (file) => ({ types: "./types/esm/wasm.d.ts", default: `./${file}` });
