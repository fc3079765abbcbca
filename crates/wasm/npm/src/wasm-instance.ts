import { instantiate } from "#module";
import { AjoEnvironmentError, AjoError, AjoInternalError } from "./errors.js";
import type { ModuleExports } from "./module-exports.js";

// The instance of the WebAssembly module, shared by all clients. It is created on first use, so that importing the package does no work,
// and replaced after a trap, which leaves its memory in an unknown state.
let exports: ModuleExports | undefined;

/** Counts the instances. Client and call numbers are valid in one instance only. */
export let generation = 0;

/** Globals that the module and every call need. */
const REQUIRED = ["TextEncoder", "TextDecoder", "AbortController"];

/** The smallest valid module. */
const EMPTY_MODULE = [0, 97, 115, 109, 1, 0, 0, 0];

const CANNOT_COMPILE =
  "Start Node.js without --jitless; in a page, allow script-src 'wasm-unsafe-eval'; in an edge runtime, let the bundler import the module (see \"Runtimes\" in the README of ajo-limits).";

/** Calls an export. Throws an `AjoInternalError` if it traps. */
export function run<T>(work: (exports: ModuleExports) => T): T {
  exports ??= create();
  try {
    return work(exports);
  } catch (cause) {
    exports = undefined;
    generation += 1;
    throw new AjoInternalError("the WebAssembly module failed; this is a bug in ajo-limits", { code: "INTERNAL", cause });
  }
}

/** Calls an export for cleanup in an instance. Ignores errors: a broken instance is discarded anyway. */
export function cleanUp(instance: number, work: (exports: ModuleExports) => void): void {
  try {
    if (instance === generation) run(work);
  } catch {
    // The next call gets a fresh instance.
  }
}

function create(): ModuleExports {
  const missing = REQUIRED.find((name) => !(name in globalThis));
  if (missing !== undefined) {
    throw new AjoEnvironmentError(`this environment has no global ${missing}, which ajo-limits needs`, {
      code: "MISSING_GLOBAL",
      hint: `Define globalThis.${missing}, or use a test environment that has it, such as node instead of jsdom.`,
    });
  }
  try {
    return instantiate();
  } catch (cause) {
    if (cause instanceof AjoError) throw cause;
    if (!canCompile()) {
      throw new AjoEnvironmentError("this environment cannot run the WebAssembly module of ajo-limits", {
        code: "NO_WEBASSEMBLY",
        hint: CANNOT_COMPILE,
        cause,
      });
    }
    throw new AjoInternalError("the WebAssembly module could not be started", { code: "INTERNAL", cause });
  }
}

/** Messages differ between engines and policies, so this tries it. */
function canCompile(): boolean {
  try {
    return new WebAssembly.Module(Uint8Array.from(EMPTY_MODULE)) !== undefined;
  } catch {
    return false;
  }
}
