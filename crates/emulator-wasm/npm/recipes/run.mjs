// Runs the recipes of the README: node run.mjs EMULATOR CLIENT WORK. EMULATOR and CLIENT are the tarballs, WORK a folder for installations
// and recipes. A recipe is a code block after the comment `recipe: FOLDER/FILE`; the folder `all` is copied into each other folder.
// Prints a line for each recipe, and exits with 1 if one fails.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { install, sh } from "../../../wasm/npm/bundlers/project.mjs";

const here = import.meta.dirname;
const [emulator, client, work] = process.argv.slice(2).map((argument) => path.resolve(argument));

/**
 * For each recipe: the arguments of Node.js, fields of package.json, environment variables, and the expected output. `inWork`: the
 * project is WORK itself, because the plugin finds WebAssembly modules only below the project's folder.
 */
const RECIPES = {
  example: { run: ["example.mjs"], expected: /^$/ },
  vitest: { run: [installed("vitest/vitest.mjs"), "run", "--root", "."], expected: /Tests +2 passed \(2\)/ },
  jest: {
    run: [installed("jest/bin/jest.js"), "--rootDir", "."],
    manifest: { jest: { transform: {} } },
    env: { NODE_OPTIONS: "--experimental-vm-modules" },
    expected: /Tests: +2 passed, 2 total/,
  },
  "node-test": { run: ["--test"], expected: /^# pass 3$/m },
  "vitest-pool-workers": {
    run: [installed("vitest/vitest.mjs"), "run", "--root", ".", "--exclude", "recipes/**"],
    inWork: true,
    expected: /Tests +1 passed \(1\)/,
  },
};

await mkdir(work, { recursive: true });
await install([emulator, client], work, here);
const files = parseRecipes(await readFile(path.join(here, "../README.md"), "utf8"));
const unknown = files.find(({ folder }) => folder !== "all" && RECIPES[folder] === undefined);
if (unknown !== undefined) throw new Error(`the README has a recipe ${unknown.folder}, which RECIPES does not run`);

// Files of an earlier run: Vitest would read the configuration of a folder above.
for (const { file } of files) await rm(path.join(work, file), { force: true });

for (const [name, { run, manifest, env, expected, inWork = false }] of Object.entries(RECIPES)) {
  const cwd = inWork ? work : path.join(work, "recipes", name);
  if (!inWork) {
    await rm(cwd, { recursive: true, force: true });
    await mkdir(cwd, { recursive: true });
    await writeFile(path.join(cwd, "package.json"), JSON.stringify({ private: true, type: "module", ...manifest }));
  }
  for (const { folder, file, code } of files) {
    if (folder === name || folder === "all") await writeFile(path.join(cwd, file), code);
  }
  try {
    const output = await sh(process.execPath, run, { cwd, env });
    if (!expected.test(output)) throw new Error(`its output does not match ${expected}\n${output}`);
    console.log(`ok      ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`not ok  ${name}\n${error.message}`);
  }
}

function installed(file) {
  return path.join(work, "node_modules", file);
}

function parseRecipes(readme) {
  return [...readme.matchAll(/^<!-- recipe: ([\w-]+)\/([\w.-]+) -->\n```\w+\n(.*?)^```$/gms)].map(([, folder, file, code]) => ({ folder, file, code }));
}
