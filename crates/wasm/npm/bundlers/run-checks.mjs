// Runs checks and prints a line for each result.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { startEmulator } from "./emulator.mjs";
import { install } from "./project.mjs";

/**
 * Installs the packages of FOLDER and the tarballs, and runs FOLDER's checks. The arguments are: AJO TARBALL EMULATOR WORK [CHECK…]
 *
 * AJO is the command `ajo`, TARBALL and EMULATOR are the two packages, WORK is a folder for all installations and builds. Without a CHECK,
 * runs all. If one fails, the exit code is 1.
 */
export async function runChecks(folder, checks, [...argv]) {
  const [ajo, tarball, emulatorTarball, work] = argv.splice(0, 4).map((argument) => path.resolve(argument));
  const emulator = await startEmulator(ajo);
  const report = new Report();
  try {
    await install([tarball, emulatorTarball], work, folder);
    for (const check of argv.length > 0 ? argv : checks) {
      const { run } = await import(pathToFileURL(path.join(folder, `checks/${check}.mjs`)));
      await run({ ajo, emulator, work, tarball, attempt: report.attempt, skip: report.skip });
    }
  } finally {
    emulator.stop();
  }
  console.log(report.failed === 0 ? "all checks passed" : `${report.failed} checks failed`);
  process.exitCode = report.failed === 0 ? 0 : 1;
}

class Report {
  failed = 0;

  /** Runs one check, and prints its name and the note that it returns. */
  attempt = async (name, check) => {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    try {
      const note = await check();
      console.log(`ok      ${name.padEnd(44)} ${seconds().padStart(7)}  ${note ?? ""}`.trimEnd());
    } catch (error) {
      this.failed += 1;
      console.log(`not ok  ${name.padEnd(44)} ${seconds().padStart(7)}\n${error?.stack ?? error}`);
    }
  };

  skip = (name, why) => console.log(`skipped ${name}: ${why}`);
}
