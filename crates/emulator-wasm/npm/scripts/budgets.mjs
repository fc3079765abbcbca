// Measures the published files: node scripts/budgets.mjs PACKAGE TARBALL [--figures]. Prints a table, and exits with 1 if a size exceeds its limit.
// The module and the code are measured after `gzip -9`. "target" is the goal; docs/decisions/npm-sizes.md explains why one is missed.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSize, installedSize, printBudgets } from "../../../wasm/npm/scripts/size-budgets.mjs";

const [directory, tarball] = process.argv.slice(2, 4).map((argument) => path.resolve(argument));
const sizeOf = (file) => gzipSize(readFileSync(path.join(directory, file)));

printBudgets("npm emulator package", [
  // name, bytes, target, limit
  ["module.wasm", sizeOf("module.wasm"), null, 216],
  ["module.cjs", sizeOf("module.cjs"), null, 209],
  ["code (index.js, emulator.js)", sizeOf("index.js") + sizeOf("emulator.js"), null, 6],
  ["tarball", statSync(tarball).size, 460, 450],
  ["installed", installedSize(directory), null, 920],
]);
