// Sizes of published files, and their budgets. Used by scripts/budgets.mjs of both packages.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { printFigure } from "../bench/figures.mjs";

const KB = 1000;

/**
 * Prints a table of `[name, bytes, target, limit]`, the last two in KB. The program exits with 1 if a size exceeds its limit. With
 * `--figures`, it prints the sizes for `cargo xtask bench` instead.
 */
export function printBudgets(label, rows) {
  if (process.argv.includes("--figures")) {
    for (const [name, bytes] of rows) printFigure(`${label}, size, ${name}`, bytes / KB, "KB");
    return;
  }
  console.log(`${"KB of 1,000 bytes".padEnd(42)}${"size".padStart(8)}${"target".padStart(8)}${"limit".padStart(8)}`);
  for (const [name, bytes, target, limit] of rows) {
    const exceeds = bytes > limit * KB;
    if (exceeds) process.exitCode = 1;
    const numbers = [(bytes / KB).toFixed(1), target ?? "", limit].map((it) => String(it).padStart(8)).join("");
    console.log(`${name.padEnd(42)}${numbers}${exceeds ? "  over" : ""}`);
  }
}

/** The program, because zlib in Node.js compresses up to 0.7 % less. */
export function gzipSize(bytes) {
  return execFileSync("gzip", ["-9", "-n"], { input: bytes }).length;
}

/** The bytes of all files in a folder. */
export function installedSize(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return files.reduce((sum, { parentPath, path: older, name }) => sum + statSync(path.join(parentPath ?? older, name)).size, 0);
}
