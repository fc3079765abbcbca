// Compiles the tarball's types as users would: node scripts/types.mjs TARBALL WORK. Replaces WORK.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL("..", import.meta.url));
const [tarball, work] = process.argv.slice(2).map((argument) => path.resolve(argument));

const COMPILERS = { "TypeScript 5.4": "typescript-oldest", "TypeScript 5.9": "typescript", "newest TypeScript": "typescript-newest" };
const MODULES = { node16: "node16", nodenext: "nodenext", bundler: "esnext" };
/** Libraries, type packages, and the files to compile with them. */
const PLATFORMS = {
  "no platform": { lib: ["ES2022"], types: [], files: ["usage.ts", "usage.cts", "module.ts"] },
  DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: ["usage.ts", "usage.cts", "module.ts", "dom.ts"] },
  "Node.js": { lib: ["ES2022"], types: ["node"], files: ["usage.ts", "usage.cts", "module.ts"] },
};

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
execFileSync(npm, ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", tarball], { cwd: work });
for (const name of ["usage.ts", "module.ts", "dom.ts"]) cpSync(path.join(here, "test/types", name), path.join(work, name));
// As CommonJS, which uses the other copy of the types.
cpSync(path.join(here, "test/types/usage.ts"), path.join(work, "usage.cts"));

const jobs = [];
for (const [compiler, folder] of Object.entries(COMPILERS)) {
  for (const [resolution, module] of Object.entries(MODULES)) {
    for (const [platform, options] of Object.entries(PLATFORMS)) jobs.push({ compiler, folder, resolution, module, platform, ...options });
  }
}

let failed = 0;
for (const job of jobs) {
  const name = `${job.compiler}, ${job.resolution}, ${job.platform}`;
  const problem = await compile(job);
  if (problem !== undefined) failed += 1;
  console.log(`${problem === undefined ? "ok" : "not ok"} ${name}${problem === undefined ? "" : `\n${problem}`}`);
}
console.log(`${jobs.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

async function compile({ folder, resolution, module, lib, types, files }) {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: "es2022",
    module,
    moduleResolution: resolution,
    lib,
    types,
    // Some versions of @types/node do not compile with every compiler.
    skipLibCheck: types.length > 0,
    typeRoots: [path.join(here, "node_modules/@types")],
  };
  writeFileSync(path.join(work, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = path.join(here, "node_modules", folder, "bin/tsc");
  try {
    await run(process.execPath, [tsc, "-p", work]);
    return undefined;
  } catch (error) {
    return error.stdout || error.message;
  }
}
