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
/** `moduleResolution`, and the `module` that it needs. */
const MODULES = { node10: "commonjs", node16: "node16", nodenext: "nodenext", bundler: "esnext" };
/** Removed in TypeScript 7. */
const REMOVED = { "newest TypeScript": ["node10"] };
const COMMON = ["usage.ts", "usage.cts", "module.ts"];
/** Libraries, type packages, and the files to compile with them. */
const PLATFORMS = {
  "no platform": { lib: ["ES2022"], types: [], files: COMMON },
  DOM: { lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], files: [...COMMON, "dom.ts"] },
  "Node.js": { lib: ["ES2022"], types: ["node"], files: [...COMMON, "node.ts"] },
  Workers: { lib: ["ES2022"], types: ["@cloudflare/workers-types"], files: [...COMMON, "workers.ts"] },
};
/** The strictest settings. `verbatimModuleSyntax` forbids `import` in the CommonJS file. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  isolatedModules: true,
};

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
execFileSync(npm, ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", tarball], { cwd: work });
cpSync(path.join(here, "test/types"), work, { recursive: true });
// As CommonJS, which uses the other copy of the types.
cpSync(path.join(here, "test/types/usage.ts"), path.join(work, "usage.cts"));

const jobs = [];
for (const [compiler, folder] of Object.entries(COMPILERS)) {
  for (const [resolution, module] of Object.entries(MODULES)) {
    if (REMOVED[compiler]?.includes(resolution)) continue;
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
    ...STRICT,
    noEmit: true,
    target: "es2022",
    module,
    moduleResolution: resolution,
    lib,
    types,
    // Some versions of @types/node do not compile with every compiler.
    skipLibCheck: types.length > 0,
    typeRoots: [path.join(here, "node_modules/@types"), path.join(here, "node_modules")],
    paths: { "undici-types": [path.join(here, "node_modules/undici-types/index.d.ts")] },
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
