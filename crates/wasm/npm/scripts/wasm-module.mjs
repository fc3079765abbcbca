// Optimizes a WebAssembly module, and removes dead code from its wasm-bindgen glue.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zopfli from "@gfx/zopfli";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));

/** WebAssembly features that every supported runtime has and rustc uses. */
const FEATURES = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
/**
 * Passes whose result is smaller after gzip, although some make the module itself larger. Functions of the same type are similar, so gzip
 * finds more repetitions if they are sorted by name, and if functions with one caller and common subexpressions stay as they are. Nothing
 * lies in the first 1,024 bytes: they are the end of the stack, which is reached only on an overflow.
 */
const PASSES = ["-Oz", "--flatten", "--rereloop", "-Oz", "--converge", "--low-memory-unused", "--reorder-functions-by-name"];
const LIMITS = ["--one-caller-inline-max-function-size", "0", "--skip-pass=local-cse"];
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/** Writes OUTFILE from NAME_bg.wasm. Uses wasm-opt of the package `binaryen`, which the lock file pins; wasm-pack downloads one. */
export async function optimize(name, glue, outfile) {
  const wasmOpt = path.join(here, "node_modules/binaryen/bin/wasm-opt");
  const files = [path.join(glue, `${name}_bg.wasm`), "-o", outfile];
  await run(process.execPath, [wasmOpt, ...PASSES, ...LIMITS, ...FEATURES.map((it) => `--enable-${it}`), ...STRIP, ...files]);
}

/**
 * A module as base64 of raw deflate data. Base64 of the module itself would hide its repetitions from the compression of the tarball. Zopfli
 * saves 6 % compared with zlib.
 */
export async function deflatedText(module) {
  return Buffer.from(await zopfli.deflateAsync(module, { numiterations: 5 })).toString("base64");
}

/** Code to remove from the glue, its expected number of matches (`undefined` for at least one), and its replacement if it has one. */
const REMOVALS = {
  // `instanceof` is false for a module of another realm, as in edge sandboxes. Every caller passes a compiled module.
  "the check for a compiled module": [/if \(!\(module instanceof WebAssembly\.Module\)\) \{\s*module = new WebAssembly\.Module\(module\);\s*\}/g, 1],
  // Support for deprecated arguments.
  "the argument check of initSync": [
    /(?<=function initSync\(module\) \{[^}]*?)if \(module !== undefined\) \{\s*if \(Object\.getPrototypeOf\(module\) === Object\.prototype\) \{|\} else \{\s*console\.warn\('using deprecated parameters for `initSync\(\)`[^}]*\}\s*\}/g,
    2,
  ],
  // Otherwise initSync would return the broken instance after a panic.
  "the early return of initSync": [/(?<=function initSync\(module\) \{\s*)if \(wasm !== undefined\) return wasm;/g, 1],
  // Nothing schedules a reset: the JS wrapper replaces a broken instance.
  "the call guard": [/^\s*__wbg_call_guard\(\);/gm],
  // The table holds JavaScript objects, but the modules exchange only strings, bytes and numbers.
  "the externref table": [/const table = wasm\.__wbindgen_externrefs;(\s*table\.set\(\d+, \w+\);)+/g, 1],
  // Frees one argument if the next one fails, but then the whole instance is discarded.
  "the cleanup after a trap": [/(?<=\n)\s*try \{(?=\s*ptr0 =)|\} catch \(e\) \{(\s*if \(ptr\d\) \{[^}]*\})+\s*throw e;\s*\}/g],
  // Every runtime that supports the features above has encodeInto.
  "the polyfill of encodeInto": [/if \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?\n\}/gs, 1],
  // A decoder in Safari fails after 2 GB, so the glue counts bytes. Without the counter, it creates a decoder for each string.
  "the initial decoder": [/(?<=let cachedTextDecoder) = new TextDecoder\([^)]*\)/g, 1],
  "the decoded byte counter": [
    /^\s*numBytesDecoded \+?= bytes\.length;|if \(numBytesDecoded >= MAX_SAFARI_DECODE_BYTES\) (?=\{)|^\s*cachedTextDecoder\.decode\(\);|^(const MAX_SAFARI_DECODE_BYTES|let numBytesDecoded) = \d+;/gm,
    7,
  ],
  // Importing the package must need no global: jsdom has no TextEncoder.
  "the encoder": [/^const cachedTextEncoder = new TextEncoder\(\);/gm, 1, "let cachedTextEncoder;"],
  "the use of the encoder": [/cachedTextEncoder\.encode\(/g, 1, "(cachedTextEncoder ??= new TextEncoder()).encode("],
  // One function takes a returned string. After a trap nothing needs to be freed, because the whole instance is discarded.
  "the string variables": [/let deferred\d+_0;\s*let deferred\d+_1;\s*try \{/g],
  "the returned string": [
    /deferred\d+_0 = ret\[0\];\s*deferred\d+_1 = ret\[1\];\s*return getStringFromWasm0\(ret\[0\], ret\[1\]\);\s*\} finally \{\s*wasm\.__wbindgen_free\(deferred\d+_0, deferred\d+_1, 1\);\s*\}/g,
    undefined,
    "return takeString(ret);",
  ],
  "the optional string": [
    /let v\d+;\s*if \(ret\[0\] !== 0\) \{\s*v\d+ = getStringFromWasm0\(ret\[0\], ret\[1\]\)[^}]*\}\s*return v\d+;/g,
    // The emulator returns none.
    "any",
    "return ret[0] === 0 ? undefined : takeString(ret);",
  ],
  "the string decoder": [
    /^function getStringFromWasm0\(/gm,
    1,
    "function takeString([ptr, len]) { const text = getStringFromWasm0(ptr, len); wasm.__wbindgen_free(ptr, len, 1); return text; }\n$&",
  ],
  // Keeps the simple path, which encodes a whole string, and removes the one that writes parts and grows the buffer.
  "the realloc parameter": [/(?<=function passStringToWasm0\(arg, malloc), realloc(?=\) \{)|, wasm\.__wbindgen_realloc/g],
  "the partial string encoder": [/if \(realloc === undefined\) (?=\{)|(?<=return ptr;\s*\})\s*let len = arg\.length;.*?return ptr;/gs, 2],
};

/** Writes NAME.patched.js without the code of REMOVALS, and returns its path. */
export async function patchGlue(name, glue) {
  let source = await readFile(path.join(glue, `${name}.js`), "utf8");
  for (const [code, [pattern, expected, replacement = ""]] of Object.entries(REMOVALS)) {
    const matches = source.match(pattern)?.length ?? 0;
    if (expected !== "any" && (matches === 0 || matches !== (expected ?? matches))) {
      throw new Error(`the glue of ${name} contains ${code} ${matches} times, not ${expected ?? "at least once"}; adapt REMOVALS to this wasm-bindgen`);
    }
    source = source.replace(pattern, replacement);
  }
  if (source.includes("__wbg_reinit_scheduled = true")) throw new Error(`the glue of ${name} schedules a reset; adapt REMOVALS to this wasm-bindgen`);
  // Any other import would need the externref table.
  const imports = [...source.matchAll(/^ {8}(\w+): function\(/gm)].map(([, name]) => name);
  const unexpected = imports.find((it) => !/^__wbg___wbindgen_throw_|^__wbindgen_init_externref_table$/.test(it));
  if (unexpected !== undefined) throw new Error(`the glue of ${name} imports ${unexpected}; exchange only strings, bytes and numbers`);
  const patched = path.join(glue, `${name}.patched.js`);
  await writeFile(patched, source);
  return patched;
}
