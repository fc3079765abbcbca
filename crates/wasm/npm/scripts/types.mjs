// Compiles the types of the tarballs, and the programs in the README, as users would: node scripts/types.mjs WORK TARBALL EMULATOR.
// Replaces WORK.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileTypes } from "./compile-types.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [work, ...tarballs] = process.argv.slice(2).map((argument) => path.resolve(argument));

const files = ["usage.ts", "usage.cts", "module.ts"];

const readme = readFileSync(path.join(here, "README.md"), "utf8");

/** The TypeScript of the README by file name, as the reader copies it. readme.d.ts declares the variables that it does not create. */
const programs = Object.fromEntries(
  [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, text], index) => [`readme-${index}.ts`, `${text}\nexport {};\n`]),
);

/** The interface in the README is that of the package. */
const storeName = Object.keys(programs).find((name) => programs[name].includes("interface TokenStore"));
programs[storeName] += `
type Packaged = import("ajo-limits").TokenStore;
export const convert: [(store: Packaged) => TokenStore, (store: TokenStore) => Packaged] = [(store) => store, (store) => store];
`;

await compileTypes({
  work,
  tarballs,
  sources: path.join(here, "test/types"),
  texts: programs,
  platforms: {
    "no platform": { lib: ["ES2022"], types: [], files },
    DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: [...files, "dom.ts"] },
    "Node.js": { lib: ["ES2022"], types: ["node"], files: [...files, "node.ts"] },
    "Cloudflare Workers": { lib: ["ES2022"], types: ["workers-types"], files: [...files, "workers.ts"] },
    "the README's programs": {
      ...{ lib: ["ES2022"], types: ["node"], files: ["readme.d.ts", ...Object.keys(programs)] },
      // The others compile to CommonJS, which has no `await` at the top level.
      resolutions: ["nodenext", "bundler"],
      // Some programs end with a variable that the reader uses.
      options: { verbatimModuleSyntax: true, allowUnreachableCode: false, noUnusedLocals: false },
    },
  },
  typeRoots: [path.join(here, "node_modules/@types"), path.join(here, "node_modules/@cloudflare")],
});
