// Cargo's runner for wasm32-wasip1 tests: `node wasi.mjs <program.wasm> [arguments]`. The program sees its arguments and a few
// variables of the test harness, but no files, because the tested code does no I/O.
import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";

// Node warns on each start that WASI is experimental, which would clutter the test output.
process.removeAllListeners("warning");
// V8's fast calls into WASI use the memory as it was before it grew, which crashes node. Source: nodejs/node#53087.
setFlagsFromString("--no-turbo-fast-api-calls");

const [program, ...rest] = process.argv.slice(2);
const allowed = ["PROPTEST_CASES", "RUST_BACKTRACE", "RUST_TEST_THREADS"].filter((name) => name in process.env);
const wasi = new WASI({
  version: "preview1",
  args: [program, ...rest],
  env: Object.fromEntries(allowed.map((name) => [name, process.env[name]])),
  returnOnExit: true,
});
const { instance } = await WebAssembly.instantiate(await readFile(program), wasi.getImportObject());
process.exitCode = wasi.start(instance);
