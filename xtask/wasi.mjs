// Runs a program of the target wasm32-wasip1, as `node wasi.mjs <program.wasm> [arguments]`: what cargo calls to run tests as
// WebAssembly. The program sees its arguments and a few variables of the test harness, and no file: what is tested there
// does no I/O.
import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";

// Node calls its WASI experimental on each start; only what the tests say matters here.
process.removeAllListeners("warning");
// V8's shortcut into WASI uses the program's memory as it was before it grew, and crashes node. Source: nodejs/node#53087.
setFlagsFromString("--no-turbo-fast-api-calls");

const [program, ...rest] = process.argv.slice(2);
const passed = ["PROPTEST_CASES", "RUST_BACKTRACE", "RUST_TEST_THREADS"].filter((name) => name in process.env);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...rest],
  env: Object.fromEntries(passed.map((name) => [name, process.env[name]])),
  returnOnExit: true,
});
const { instance } = await WebAssembly.instantiate(await readFile(program), wasi.getImportObject());
process.exitCode = wasi.start(instance);
