// Compiles the tarball's types as users would: node scripts/types.mjs WORK EMULATOR CLIENT. Replaces WORK.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileTypes } from "../../../wasm/npm/scripts/compile-types.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const [work, ...tarballs] = process.argv.slice(2).map((argument) => path.resolve(argument));
const files = ["usage.ts", "usage.cts", "module.ts"];

await compileTypes({
  work,
  tarballs,
  sources: path.join(here, "test/types"),
  platforms: {
    "no platform": { lib: ["ES2022"], types: [], files },
    DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: [...files, "global-fetch.ts"] },
    "Node.js": { lib: ["ES2022"], types: ["node"], files: [...files, "global-fetch.ts"] },
    "Cloudflare Workers": { lib: ["ES2022"], types: ["workers-types"], files: [...files, "global-fetch.ts", "workers.ts"] },
  },
  typeRoots: [path.join(here, "../../wasm/npm/node_modules/@types"), path.join(here, "../../wasm/npm/node_modules/@cloudflare")],
});
