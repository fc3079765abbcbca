// Tests a tarball in the current Node.js: node scripts/test-package.mjs TESTS WORK TARBALL…. Installs the tarballs into WORK, and runs the
// tests of the folder TESTS there. Replaces WORK.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [tests, work, ...tarballs] = process.argv.slice(2).map((argument) => path.resolve(argument));

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
const install = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", ...tarballs];
execFileSync("npm", install, { cwd: work, stdio: "inherit" });
cpSync(tests, work, { recursive: true });
const files = readdirSync(work).filter((name) => name.endsWith(".test.mjs"));
const fromHere = (file) => fileURLToPath(new URL(file, import.meta.url));
const env = {
  ...process.env,
  AJO_CASES: fromHere("../../../../tests/conformance/cases.json"),
  AJO_DOCS: fromHere("../../../../docs"),
  // Tests load esbuild from there.
  AJO_TOOLS: fromHere("../package.json"),
};
const { status } = spawnSync(process.execPath, ["--test", ...files], { cwd: work, env, stdio: "inherit" });
process.exitCode = status ?? 1;
