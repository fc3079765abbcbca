// The size of a page that imports one error class.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BUNDLERS, bytesOf, sizeOf } from "../bundlers.mjs";
import { copy } from "../project.mjs";

/** rollup and esbuild do not minify by default. */
const MAX_BYTES = 4_000;

/** The first is the import of the fixture. */
const IMPORTS = ["ajo-limits", "ajo-limits/errors"];

export async function run({ work, attempt }) {
  for (const [name, build] of Object.entries(BUNDLERS)) {
    for (const specifier of IMPORTS) {
      await attempt(`${name}, one class of ${specifier}`, async () => {
        const cwd = await copy("fixtures/tree-shaking", work, `tree-shaking-${name}`);
        const file = path.join(cwd, "src/index.js");
        await writeFile(file, (await readFile(file, "utf8")).replace(`"${IMPORTS[0]}"`, `"${specifier}"`));
        const folder = await build(cwd, work);
        const bytes = await bytesOf(folder);
        assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
        return sizeOf(folder);
      });
    }
  }
}
