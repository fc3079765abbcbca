// Measures what is published: node scripts/budgets.mjs PACKAGE TARBALL. Prints a table; over a budget, exits with 1.
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

const [directory, tarball] = process.argv.slice(2);
/** 1 KB is 1,000 bytes, the stricter reading. */
const KB = 1000;

const core = await zipped("core.wasm");
const workerd = await zipped("workerd.js");
const rows = [
  ["core.wasm", core, 45],
  // The file that has no module in it: shell and wasm-bindgen's glue.
  ["shell (workerd.js)", workerd, 7],
  ["workerd upload (workerd.js, core.wasm)", workerd + core, 54],
  ["inline ESM (index.js)", await zipped("index.js"), 68],
  ["tarball", (await stat(tarball)).size, 400],
];

let over = false;
console.log(`${"gzip -9, KB of 1,000 bytes".padEnd(42)}${"size".padStart(8)}${"budget".padStart(8)}`);
for (const [name, bytes, budget] of rows) {
  const exceeds = bytes > budget * KB;
  over ||= exceeds;
  console.log(`${name.padEnd(42)}${(bytes / KB).toFixed(1).padStart(8)}${String(budget).padStart(8)}${exceeds ? "  over" : ""}`);
}
if (over) process.exitCode = 1;

async function zipped(file) {
  return gzipSync(await readFile(path.join(directory, file)), { level: 9 }).length;
}
