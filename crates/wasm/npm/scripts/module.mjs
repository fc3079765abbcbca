// What is done to each module and its glue after wasm-bindgen.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

/** What every runtime has that is meant here, and what rustc makes use of. */
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/** Writes NAME.wasm of NAME_bg.wasm, with wasm-opt of the package `binaryen`, which the lock file pins; wasm-pack would download one. */
export async function optimize(name, glue, out) {
  const wasmOpt = path.join(here, "node_modules/binaryen/bin/wasm-opt");
  const files = [path.join(glue, `${name}_bg.wasm`), "-o", path.join(out, `${name}.wasm`)];
  await run(process.execPath, [wasmOpt, "-Oz", "--converge", ...FEATURES.map((it) => `--enable-${it}`), ...STRIP, ...files]);
}

/**
 * Writes NAME.patched.js of NAME.js and answers its path. wasm-bindgen asks `module instanceof WebAssembly.Module`, which is
 * false for a module of another realm: edge sandboxes hand such ones out. Every caller here has compiled the module, so there
 * is nothing to ask.
 */
export async function patchGlue(name, glue) {
  const source = await readFile(path.join(glue, `${name}.js`), "utf8");
  const trap = /if \(!\(module instanceof WebAssembly\.Module\)\) \{\s*module = new WebAssembly\.Module\(module\);\s*\}/g;
  const hits = source.match(trap)?.length ?? 0;
  if (hits !== 1) throw new Error(`the glue of ${name} has ${hits} places to patch, and not one: wasm-bindgen has changed`);
  const patched = path.join(glue, `${name}.patched.js`);
  await writeFile(patched, source.replace(trap, ""));
  return patched;
}
