// Compiles the types of installed packages as users would. Used by scripts/types.mjs of both packages.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const tools = fileURLToPath(new URL("../node_modules", import.meta.url));

const COMPILERS = { "TypeScript 5.4": "typescript-oldest", "TypeScript 5.9": "typescript", "newest TypeScript": "typescript-newest" };
/** `moduleResolution`, and the `module` that it needs. */
const MODULES = { node10: "commonjs", node16: "node16", nodenext: "nodenext", bundler: "esnext" };
/** Removed in TypeScript 7. */
const REMOVED = { "newest TypeScript": ["node10"] };
/** The strictest settings, except for `verbatimModuleSyntax`, which forbids `import` in the CommonJS file. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
};

/**
 * Installs the tarballs into WORK, copies the files of SOURCES there, and compiles them with each compiler, module resolution, and
 * platform. A platform has `lib`, `types`, and `files`, and optionally the `resolutions` to test, and more `options`. `texts` are the texts
 * of more files by name. Prints a line for each; the program exits with 1 if one fails. `typeRoots` are
 * folders with packages of types. `usage.ts` is also compiled as `usage.cts`, which uses the other copy of the types.
 */
export async function compileTypes({ work, tarballs, sources, texts = {}, platforms, typeRoots }) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  execFileSync(npm, ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", ...tarballs], { cwd: work });
  for (const name of readdirSync(sources)) cpSync(path.join(sources, name), path.join(work, name));
  cpSync(path.join(sources, "usage.ts"), path.join(work, "usage.cts"));
  for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(work, name), text);

  let [passed, failed] = [0, 0];
  for (const [compiler, folder] of Object.entries(COMPILERS)) {
    for (const [resolution, module] of Object.entries(MODULES)) {
      if (REMOVED[compiler]?.includes(resolution)) continue;
      for (const [platform, options] of Object.entries(platforms)) {
        if (options.resolutions?.includes(resolution) === false) continue;
        const problem = await compile({ work, folder, resolution, module, typeRoots, ...options });
        if (problem === undefined) passed += 1;
        else failed += 1;
        console.log(`${problem === undefined ? "ok" : "not ok"} ${compiler}, ${resolution}, ${platform}${problem === undefined ? "" : `\n${problem}`}`);
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

async function compile({ work, folder, resolution, module, lib, types, typeRoots, files, options }) {
  const compilerOptions = {
    ...STRICT,
    ...options,
    noEmit: true,
    target: "es2022",
    module,
    moduleResolution: resolution,
    lib,
    types,
    // Some versions of packages of types do not compile with every compiler.
    skipLibCheck: types.length > 0,
    typeRoots,
    // Types of the `fetch` in the package undici.
    paths: { "undici-types": [path.join(tools, "undici-types/index.d.ts")] },
  };
  writeFileSync(path.join(work, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  try {
    await run(process.execPath, [path.join(tools, folder, "bin/tsc"), "-p", work]);
    return undefined;
  } catch (error) {
    return error.stdout || error.message;
  }
}
