// Installs the tarball and its alternatives into a folder, and copies these scripts there: node install.mjs TARBALL WORK.
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { install } from "../bundlers/project.mjs";

const [tarball, work] = process.argv.slice(2).map((argument) => path.resolve(argument));
mkdirSync(work, { recursive: true });
await install([tarball], work, import.meta.dirname);
for (const name of readdirSync(import.meta.dirname)) {
  if (name.endsWith(".mjs")) cpSync(path.join(import.meta.dirname, name), path.join(work, name));
}
