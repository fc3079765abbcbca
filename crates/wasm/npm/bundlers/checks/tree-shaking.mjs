// The size of a page that imports one error class.
import assert from "node:assert/strict";
import { BUNDLERS, bytesOf, sizeOf } from "../bundlers.mjs";
import { copy } from "../project.mjs";

/** rollup and esbuild do not minify by default. */
const MAX_BYTES = 4_000;

export async function run({ work, attempt }) {
  for (const [name, build] of Object.entries(BUNDLERS)) {
    await attempt(`tree shaking, ${name}`, async () => {
      const folder = await build(await copy("fixtures/tree-shaking", work, `tree-shaking-${name}`), work);
      const bytes = await bytesOf(folder);
      assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
      return sizeOf(folder);
    });
  }
}
