// Tests the package with bundlers, browsers and test runners against the emulator, and runs the examples:
//
//     node run.mjs AJO TARBALL EMULATOR WORK [CHECK…]
//
// AJO is the command `ajo`, TARBALL and EMULATOR are the two packages, WORK is a folder for all installations and builds. Prints a line
// for each result, and exits with 1 if one fails.
import path from "node:path";
import { startEmulator } from "./emulator.mjs";
import { install } from "./project.mjs";

const [ajo, tarball, emulatorTarball, work] = process.argv.slice(2, 6).map((argument) => path.resolve(argument));
const selected = process.argv.slice(6);
const CHECKS = ["browsers", "test-runners", "next", "examples"];

let failed = 0;
/** Runs one check, and prints its name and the note that it returns. */
async function attempt(name, check) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const note = await check();
    console.log(`ok      ${name.padEnd(44)} ${seconds().padStart(7)}  ${note ?? ""}`.trimEnd());
  } catch (error) {
    failed += 1;
    console.log(`not ok  ${name.padEnd(44)} ${seconds().padStart(7)}\n${error?.stack ?? error}`);
  }
}

function skip(name, why) {
  console.log(`skipped ${name}: ${why}`);
}

const emulator = await startEmulator(ajo);
try {
  await install([tarball, emulatorTarball], work);
  for (const check of selected.length > 0 ? selected : CHECKS) {
    const { run } = await import(`./checks/${check}.mjs`);
    await run({ ajo, emulator, work, attempt, skip });
  }
} finally {
  emulator.stop();
}
console.log(failed === 0 ? "all checks passed" : `${failed} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
