// Builds and serves projects of web frameworks that use the package, against the emulator:
//
//     node run.mjs AJO TARBALL EMULATOR WORK [CHECK…]
import { runChecks } from "../bundlers/run-checks.mjs";

const CHECKS = ["node-servers", "workers"];

await runChecks(import.meta.dirname, CHECKS, process.argv.slice(2));
