// Installs the tarball and what it is compared with, and compares them, in Node.js and in what ../runtimes has installed:
// node run.mjs AJO TARBALL WORK OUT.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { install } from "../bundlers/project.mjs";

const [ajo, tarball, work, out] = process.argv.slice(2).map((given) => path.resolve(given));

mkdirSync(work, { recursive: true });
await install(tarball, work, import.meta.dirname);
const programs = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".mjs") && name !== "run.mjs");
for (const name of programs) cpSync(path.join(import.meta.dirname, name), path.join(work, name));
const runtimes = path.resolve(import.meta.dirname, "../runtimes");
const { status } = spawnSync(process.execPath, ["side-by-side.mjs", ajo, out, runtimes], { cwd: work, stdio: "inherit" });
process.exitCode = status ?? 1;
