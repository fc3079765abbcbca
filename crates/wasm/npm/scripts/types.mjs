// Compiles the tarball's types as users would: node scripts/types.mjs TARBALL WORK. Replaces WORK.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileTypes } from "./compile-types.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [tarball, work] = process.argv.slice(2).map((argument) => path.resolve(argument));

await compileTypes({
  work,
  tarballs: [tarball],
  sources: path.join(here, "test/types"),
  platforms: {
    "no platform": { lib: ["ES2022"], types: [], files: ["usage.ts", "usage.cts", "module.ts"] },
    DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: ["usage.ts", "usage.cts", "module.ts", "dom.ts"] },
    "Node.js": { lib: ["ES2022"], types: ["node"], files: ["usage.ts", "usage.cts", "module.ts"] },
  },
  typeRoots: [path.join(here, "node_modules/@types")],
});
