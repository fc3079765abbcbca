// Measures the published files: node scripts/budgets.mjs PACKAGE TARBALL. Prints a table, and exits with 1 if a file exceeds its limit.
//
// "target" is the original goal. docs/decisions/npm-sizes.md explains why some are missed.
// "limit" is a little above the current size, so that growth is noticed.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

const [directory, tarball] = process.argv.slice(2);
/** 1,000 bytes, stricter than 1,024. */
const KB = 1000;

const core = await gzipSize("core.wasm");
const workerd = await gzipSize("workerd.js");
const rows = [
  // name, bytes, target, limit
  ["core.wasm", core, 45, 113],
  // The JS wrapper and wasm-bindgen's glue, without a module.
  ["JS wrapper (workerd.js)", workerd, 7, 8.5],
  ["workerd upload (workerd.js, core.wasm)", workerd + core, 54, 122],
  ["inline ESM (index.js)", await gzipSize("index.js"), 68, 156],
  ["tarball", (await stat(tarball)).size, 400, 1045],
];

let over = false;
console.log(`${"gzip -9, KB of 1,000 bytes".padEnd(42)}${"size".padStart(8)}${"target".padStart(8)}${"limit".padStart(8)}`);
for (const [name, bytes, target, limit] of rows) {
  const exceeds = bytes > limit * KB;
  over ||= exceeds;
  const numbers = [(bytes / KB).toFixed(1), target ?? "", limit].map((it) => String(it).padStart(8)).join("");
  console.log(`${name.padEnd(42)}${numbers}${exceeds ? "  over" : ""}`);
}
if (over) process.exitCode = 1;

async function gzipSize(file) {
  return gzipSync(await readFile(path.join(directory, file)), { level: 9 }).length;
}
