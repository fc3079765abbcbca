// Installs the tarball and what it is compared with, and compares them: node run.mjs AJO TARBALL WORK OUT.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { install } from "../bundlers/project.mjs";

const [ajo, tarball, work, out] = process.argv.slice(2).map((given) => path.resolve(given));

mkdirSync(work, { recursive: true });
await install(tarball, work, import.meta.dirname);
for (const name of ["cold.mjs", "contestants.mjs", "side-by-side.mjs"]) cpSync(path.join(import.meta.dirname, name), path.join(work, name));
const { status } = spawnSync(process.execPath, ["side-by-side.mjs", ajo, out], { cwd: work, stdio: "inherit" });
process.exitCode = status ?? 1;
