// Writes the table of tested versions in README.md from the lock files: node scripts/tested-versions.mjs [--check]. With --check, nothing
// is written, and the exit code is 1 if the table is outdated.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const README = "README.md";
const TABLE = /(?<=<!-- tested versions: [^\n]*-->\n).*?(?=<!-- tested versions: end -->)/s;

const CALLS = "all operations, and the emulator";
const FAULTS = "all operations, the emulator, and faults";
const PAGE = "a page in Chromium";
const SERVER = "a server, built and run";
const WORKER = "a Worker, built and run";

/** Folder of the lock file, packages, name, the test. */
const ROWS = [
  ["runtimes", ["node-20", "node-22", "node-24"], "Node.js", `${FAULTS}; ES modules, CommonJS, a single executable application`],
  ["runtimes", ["@deno/linux-x64-glibc"], "Deno", `${FAULTS}; without permissions`],
  ["runtimes", ["@oven/bun-linux-x64"], "Bun", `${CALLS}; \`bun build --compile\``],
  ["runtimes", ["miniflare"], "workerd (Miniflare)", `${FAULTS}; the oldest and the newest compatibility date`],
  ["runtimes", ["edge-runtime"], "Vercel edge-runtime", CALLS],
  ["bundlers", ["vite"], "Vite", `${PAGE}, and the development server`],
  ["bundlers", ["webpack"], "webpack", PAGE],
  ["bundlers", ["rollup"], "Rollup", PAGE],
  ["bundlers", ["esbuild"], "esbuild", `${PAGE}; functions for AWS Lambda`],
  ["bundlers", ["next"], "Next.js", "a Node.js and an edge route, with Turbopack and webpack"],
  ["frameworks", ["@opennextjs/cloudflare"], "OpenNext", WORKER],
  ["frameworks", ["nitropack"], "Nitro", `${SERVER}; ${WORKER}`],
  ["frameworks", ["@sveltejs/kit"], "SvelteKit", SERVER],
  ["frameworks", ["astro"], "Astro", SERVER],
  ["frameworks", ["react-router"], "React Router", SERVER],
  ["bundlers", ["wrangler"], "Wrangler", `${WORKER}; a service binding`],
  ["bundlers", ["jest"], "Jest", "ES modules, CommonJS, jsdom, a mock of the package"],
  ["bundlers", ["vitest"], "Vitest", "tests, a mock of the package"],
  ["bundlers", ["msw"], "MSW", "a request without a handler"],
  ["bundlers", ["undici"], "undici", "`MockAgent`, a request without an interceptor"],
  ["bundlers", ["pnpm"], "pnpm", "a project"],
  ["bundlers", ["@yarnpkg/cli-dist"], "Yarn", "a project with Plug'n'Play"],
  [".", ["typescript-oldest", "typescript", "typescript-newest"], "TypeScript", "the types"],
  ["bundlers", ["@cloudflare/workers-types"], "@cloudflare/workers-types", "the types, in a Worker"],
];

const text = read(README);
const updated = text.replace(TABLE, `\n${table()}\n`);
if (process.argv.includes("--check")) {
  if (updated !== text) throw new Error(`the tested versions in ${README} are outdated; run: node scripts/tested-versions.mjs`);
} else {
  writeFileSync(path.join(here, README), updated);
}

function read(file) {
  return readFileSync(path.join(here, file), "utf8");
}

function table() {
  const rows = ROWS.map(([folder, packages, name, test]) => `| ${name} | ${packages.map((it) => lockedVersion(folder, it)).join(", ")} | ${test} |`);
  return ["| | versions | tested |", "|---|---|---|", ...rows, ""].join("\n");
}

function lockedVersion(folder, name) {
  const file = path.join(folder, "package-lock.json");
  const { packages } = JSON.parse(read(file));
  const { version } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined) throw new Error(`${file} has no ${name}`);
  return version;
}
