// Tests the tarball in the current Node.js: node scripts/test-package.mjs TARBALL EMULATOR WORK. EMULATOR is the
// tarball of ajo-limits-emulator. Replaces WORK.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const [tarball, emulator, work] = process.argv.slice(2).map((argument) => path.resolve(argument));

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(path.join(work, "package.json"), '{ "private": true, "type": "module" }\n');
const install = ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", tarball, emulator];
execFileSync("npm", install, { cwd: work, stdio: "inherit" });
cpSync(path.join(here, "test/package"), work, { recursive: true });
const testsIn = (folder) => readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => path.join(folder, name));
const env = { ...process.env, AJO_CASES: path.join(here, "../../../tests/conformance/cases.json") };
const { status } = spawnSync(process.execPath, ["--test", ...testsIn(work)], { cwd: work, env, stdio: "inherit" });
process.exitCode = status ?? 1;
