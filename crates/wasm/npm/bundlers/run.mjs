// Tests the package with bundlers, browsers and test runners against the emulator, and runs the examples:
//
//     node run.mjs AJO TARBALL EMULATOR WORK [CHECK…]
import { runChecks } from "./run-checks.mjs";

const CHECKS = ["browsers", "test-runners", "mocks", "restricted", "tree-shaking", "deployments", "next", "examples"];

await runChecks(import.meta.dirname, CHECKS, process.argv.slice(2));
