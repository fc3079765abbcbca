// The size of programs that use a small part of the package.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { build } = createRequire(process.env.AJO_TOOLS)("esbuild");

/** The largest is the store of files. All have no module, and no client. */
const MAX_BYTES = 5_000;

const IMPORTS = [
  ["AjoHttpError", "ajo-limits"],
  ["errorFromJson", "ajo-limits"],
  ["AjoHttpError", "ajo-limits/slim"],
  ["errorFromJson", "ajo-limits/errors"],
  ["createKvStore", "ajo-limits/stores/kv"],
  ["TokenStoreObject", "ajo-limits/stores/durable-object"],
  ["createFileStore", "ajo-limits/stores/file"],
];

for (const platform of ["node", "browser"]) {
  test(`a small import has no module: ${platform}`, async () => {
    for (const [name, specifier] of IMPORTS) {
      const { outputFiles } = await build({
        stdin: { contents: `import { ${name} } from "${specifier}"; console.log(${name});`, resolveDir: process.cwd() },
        bundle: true,
        minify: true,
        format: "esm",
        platform,
        external: ["node:*"],
        write: false,
        logLevel: "error",
      });
      const bytes = outputFiles[0].contents.length;
      assert.ok(bytes <= MAX_BYTES, `${name} of ${specifier}: ${bytes} bytes`);
    }
  });
}
