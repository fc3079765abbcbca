// Engines without WebAssembly or without the globals of the web: an import works, and the first use names the missing part.
import assert from "node:assert/strict";
import { copy, sh } from "../project.mjs";

/** Name, arguments of Node.js, the expected code and message. */
const ENGINES = [
  ["node --jitless", ["--jitless", "list.mjs"], "NO_WEBASSEMBLY", /WebAssembly/],
  ["a context without globals, like Hermes", ["context.mjs"], "MISSING_GLOBAL", /Text(En|De)coder|performance|URL/],
];

export async function run({ work, attempt }) {
  for (const [name, argv, code, message] of ENGINES) {
    await attempt(name, async () => {
      const cwd = await copy("fixtures/restricted", work, "restricted");
      // The first line of --jitless is a warning.
      const error = JSON.parse((await sh(process.execPath, argv, { cwd })).trim().split("\n").at(-1));
      assert.deepEqual([error.isAjoError, error.code, error.attempts], [true, code, 0], error.message);
      assert.match(error.message, message);
      assert.notEqual(error.hint, undefined);
      return error.message;
    });
  }
}
