import { AjoInternalError } from "./errors.js";

/** Exports of the WebAssembly module. Strings are JSON. `now` is in milliseconds since 1970, `elapsed` on a monotonic clock. */
export interface CoreExports {
  open(options: string): string;
  close(client: number): void;
  start(
    client: number,
    input: string,
    definition: string,
    now: number,
    elapsed: number,
    seedHigh: number,
    seedLow: number,
  ): string;
  resume(call: number, outcome: string, body: string, now: number, elapsed: number): string;
  cancel(call: number, now: number, elapsed: number): void;
  redeploy(results: string): string;
  validate(api: string, definition: string): string;
  definitionOf(config: string): string;
}

/** Creates a fresh instance of the module. */
export type Instantiate = () => CoreExports;

/**
 * Holds the WebAssembly instance. It is created on first use, so that importing the package is cheap, and replaced after a panic,
 * which leaves its memory in an unknown state.
 */
export class Core {
  #instantiate: Instantiate | undefined;
  #exports: CoreExports | undefined;
  #generation = 0;

  /** A running instance stays in use until it panics. */
  setInstantiate(instantiate: Instantiate): void {
    this.#instantiate = instantiate;
  }

  /** Counts the instances. Client and call numbers are valid in one generation only. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls an export and parses its JSON. Throws an `AjoInternalError` if the export throws or returns no JSON. */
  callJson<T>(call: (exports: CoreExports) => string): T {
    return this.#run((exports) => JSON.parse(call(exports)) as T);
  }

  /** Calls an export for cleanup in the instance of `generation`. Ignores errors: a broken instance is discarded anyway. */
  cleanUp(generation: number, call: (exports: CoreExports) => void): void {
    try {
      if (generation === this.#generation) this.#run(call);
    } catch {
      // The next call gets a fresh instance.
    }
  }

  #run<T>(call: (exports: CoreExports) => T): T {
    try {
      this.#exports ??= this.#create();
      return call(this.#exports);
    } catch (cause) {
      if (cause instanceof AjoInternalError) throw cause;
      this.#exports = undefined;
      this.#generation += 1;
      throw new AjoInternalError("the WebAssembly module failed; this is a bug in ajo-limits", {
        code: "INTERNAL",
        // A SyntaxError quotes the JSON, which may contain the token.
        cause: cause instanceof SyntaxError ? undefined : cause,
      });
    }
  }

  #create(): CoreExports {
    try {
      return (this.#instantiate as Instantiate)();
    } catch (cause) {
      // No module was set, the platform has no WebAssembly, or a policy forbids it.
      const hint = this.#instantiate ? undefined : "Call `setModule` first.";
      throw new AjoInternalError("the WebAssembly module could not be started", { code: "INTERNAL", hint, cause });
    }
  }
}

/** Shared by all clients. */
export const core = new Core();
