// Compiles the tarball's types as users would: node scripts/types.mjs TARBALL WORK. Replaces WORK.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileTypes } from "./compile-types.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [tarball, work] = process.argv.slice(2).map((argument) => path.resolve(argument));

const files = ["usage.ts", "usage.cts", "module.ts"];

/** The program of a README's section, as the reader copies it. */
const [, night] = readFileSync(path.join(here, "README.md"), "utf8").match(/<!-- example: night -->\s+```ts\n(.*?)```/s);

await compileTypes({
  work,
  tarballs: [tarball],
  sources: path.join(here, "test/types"),
  texts: { "night.ts": night },
  platforms: {
    "no platform": { lib: ["ES2022"], types: [], files },
    DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: [...files, "dom.ts"] },
    "Node.js": { lib: ["ES2022"], types: ["node"], files: [...files, "node.ts"] },
    "Cloudflare Workers": { lib: ["ES2022"], types: ["workers-types"], files: [...files, "workers.ts"] },
    "the README's program": {
      ...{ lib: ["ES2022"], types: ["node"], files: ["night.ts"] },
      // The others compile to CommonJS, which has no `await` at the top level.
      resolutions: ["nodenext", "bundler"],
      options: { verbatimModuleSyntax: true, noImplicitAny: true, useUnknownInCatchVariables: true, allowUnreachableCode: false },
    },
  },
  typeRoots: [path.join(here, "node_modules/@types"), path.join(here, "node_modules/@cloudflare")],
});
