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

/** What is left out of the glue, and how often it must be there: `undefined` for at least once. */
const LEFT_OUT = {
  // False for a module of another realm, which edge sandboxes hand out. Every caller here has compiled the module.
  "whether it is a module": [/if \(!\(module instanceof WebAssembly\.Module\)\) \{\s*module = new WebAssembly\.Module\(module\);\s*\}/g, 1],
  // How it was called by older forms.
  "what initSync may be given": [
    /(?<=function initSync\(module\) \{[^}]*?)if \(module !== undefined\) \{\s*if \(Object\.getPrototypeOf\(module\) === Object\.prototype\) \{|\} else \{\s*console\.warn\('using deprecated parameters for `initSync\(\)`[^}]*\}\s*\}/g,
    2,
  ],
  // Whoever asks for an instance gets one, or after a panic the broken one would stay.
  "the one instance that stays": [/(?<=function initSync\(module\) \{\s*)if \(wasm !== undefined\) return wasm;/g, 1],
  // Nothing here schedules it: an instance is replaced by whoever sees it break.
  "the reset in each call": [/^\s*__wbg_call_guard\(\);/gm],
  // Of values of JavaScript, which the modules neither take nor give: texts, bytes and numbers only.
  "a table of values": [/const table = wasm\.__wbindgen_externrefs;(\s*table\.set\(\d+, \w+\);)+/g, 1],
  // What was allocated for an argument when the next one fails: the instance is thrown away then.
  "the tidying after a trap": [/(?<=\n)\s*try \{(?=\s*ptr0 =)|\} catch \(e\) \{(\s*if \(ptr\d\) \{[^}]*\})+\s*throw e;\s*\}/g],
  // Every runtime with WebAssembly's newer instructions has it.
  "a substitute of encodeInto": [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?\n\}/gs, 1],
  // A decoder of Safari's gives up after 2 GB: each text has one of its own, and nobody counts.
  "the first decoder": [/(?<=let cachedTextDecoder) = new TextDecoder\([^)]*\)/g, 1],
  "the bytes that were decoded": [
    /^\s*numBytesDecoded \+?= bytes\.length;|if \(numBytesDecoded >= MAX_SAFARI_DECODE_BYTES\) (?=\{)|^\s*cachedTextDecoder\.decode\(\);|^(const MAX_SAFARI_DECODE_BYTES|let numBytesDecoded) = \d+;/gm,
    7,
  ],
  // Texts go in whole: what else there is writes them bit by bit, and grows their place as it goes.
  "a realloc to be called": [/(?<=function passStringToWasm0\(arg, malloc), realloc(?=\) \{)|, wasm\.__wbindgen_realloc/g],
  "texts in parts": [/if \(realloc === undefined\) (?=\{)|(?<=return ptr;\s*\})\s*let len = arg\.length;.*?return ptr;/gs, 2],
};

/** Writes NAME.patched.js of NAME.js, without what is wrong or dead here, and answers its path. */
export async function patchGlue(name, glue) {
  let source = await readFile(path.join(glue, `${name}.js`), "utf8");
  for (const [what, [pattern, times]] of Object.entries(LEFT_OUT)) {
    const hits = source.match(pattern)?.length ?? 0;
    if (hits === 0 || hits !== (times ?? hits)) throw new Error(`the glue of ${name} has ${what} ${hits} times: wasm-bindgen has changed`);
    source = source.replace(pattern, "");
  }
  if (source.includes("__wbg_reinit_scheduled = true")) throw new Error(`the glue of ${name} schedules a reset: wasm-bindgen has changed`);
  // Then the table would be needed.
  const imports = [...source.matchAll(/^ {8}(\w+): function\(/gm)].map(([, name]) => name);
  const strange = imports.find((it) => !/^__wbg___wbindgen_throw_|^__wbindgen_init_externref_table$/.test(it));
  if (strange !== undefined) throw new Error(`the glue of ${name} imports ${strange}: texts, bytes and numbers need no such thing`);
  const patched = path.join(glue, `${name}.patched.js`);
  await writeFile(patched, source);
  return patched;
}
