// The packed package in what people build and test with, against the emulator, and the examples:
//
//     node run.mjs AJO TARBALL WORK [PART…]
//
// AJO is the command `ajo`, TARBALL the packed package, WORK a folder where all of it is installed and built. Prints a line for
// each thing that was tried; ends with 1 when one of them does not work.
import path from "node:path";
import { startEmulator } from "./emulator.mjs";
import { install } from "./project.mjs";

const [ajo, tarball, work] = process.argv.slice(2, 5).map((given) => path.resolve(given));
const wanted = process.argv.slice(5);
const PARTS = ["browsers", "tests", "next", "examples"];

let failed = 0;
/** Tries one thing. What it gives back is said beside its name. */
async function attempt(name, tried) {
  const begun = performance.now();
  const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  try {
    const remark = await tried();
    console.log(`ok      ${name.padEnd(44)} ${seconds().padStart(7)}  ${remark ?? ""}`.trimEnd());
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
  await install(tarball, work);
  for (const part of wanted.length > 0 ? wanted : PARTS) {
    const { run } = await import(`./parts/${part}.mjs`);
    await run({ ajo, emulator, work, attempt, skip });
  }
} finally {
  emulator.stop();
}
console.log(failed === 0 ? "all of it works" : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
