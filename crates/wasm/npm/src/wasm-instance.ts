import { AjoError, AjoInternalError } from "./errors.js";
import type { ModuleExports } from "./module-exports.js";

/** Creates a fresh instance of the module. */
export type Instantiate = () => ModuleExports;

/** Globals that the module and every call need. */
const REQUIRED = ["TextEncoder", "TextDecoder", "AbortController"];

/** The smallest valid module. */
const EMPTY_MODULE = [0, 97, 115, 109, 1, 0, 0, 0];

const CANNOT_COMPILE =
  "Start Node.js without --jitless; in a page, allow script-src 'wasm-unsafe-eval'; in an edge runtime, let the bundler import the module (see \"Runtimes\" in the README of ajo-limits).";

/**
 * Holds the instance of the WebAssembly module. It is created on first use, so that importing the package does no work, and replaced
 * after a trap, which leaves its memory in an unknown state.
 */
class WasmInstance {
  #instantiate: Instantiate | undefined;
  #exports: ModuleExports | undefined;
  #generation = 0;

  /** A running instance stays in use until it traps. */
  setInstantiate(instantiate: Instantiate): void {
    this.#instantiate = instantiate;
  }

  /** Counts the instances. Client and call numbers are valid in one instance only. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls an export. Throws an `AjoInternalError` if it traps. */
  run<T>(work: (exports: ModuleExports) => T): T {
    const exports = (this.#exports ??= this.#create());
    try {
      return work(exports);
    } catch (cause) {
      this.#exports = undefined;
      this.#generation += 1;
      throw new AjoInternalError("the WebAssembly module failed; this is a bug in ajo-limits", { code: "INTERNAL", cause });
    }
  }

  /** Calls an export for cleanup in the instance of `generation`. Ignores errors: a broken instance is discarded anyway. */
  cleanUp(generation: number, work: (exports: ModuleExports) => void): void {
    try {
      if (generation === this.#generation) this.run(work);
    } catch {
      // The next call gets a fresh instance.
    }
  }

  #create(): ModuleExports {
    const missing = REQUIRED.find((name) => !(name in globalThis));
    if (missing !== undefined) {
      throw new AjoError(`this environment has no global ${missing}, which ajo-limits needs`, {
        code: "MISSING_GLOBAL",
        hint: `Define globalThis.${missing}, or use a test environment that has it, such as node instead of jsdom.`,
      });
    }
    try {
      return (this.#instantiate as Instantiate)();
    } catch (cause) {
      if (this.#instantiate && !canCompile()) {
        throw new AjoError("this environment cannot run the WebAssembly module of ajo-limits", {
          code: "NO_WEBASSEMBLY",
          hint: CANNOT_COMPILE,
          cause,
        });
      }
      const hint = this.#instantiate ? undefined : "Call `setModule` first.";
      throw new AjoInternalError("the WebAssembly module could not be started", { code: "INTERNAL", hint, cause });
    }
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

/** Shared by all clients. */
export const wasm = new WasmInstance();
