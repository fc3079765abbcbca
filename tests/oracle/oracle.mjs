// The oracle: the native client as a WebAssembly module.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** Loads the module from the output folder of wasm-bindgen. Returns a function that answers a question. */
export async function loadOracle(folder) {
  const glue = await import(pathToFileURL(path.join(folder, "oracle.js")));
  glue.initSync({ module: readFileSync(path.join(folder, "oracle_bg.wasm")) });
  return (question) => JSON.parse(glue.answer(JSON.stringify(question)));
}
