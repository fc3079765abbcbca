import { AjoInternalError } from "./errors.js";

/** What the WebAssembly module exports. Text is JSON; `now` is in milliseconds since 1970, `elapsed` on a clock that never jumps. */
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
  resume(call: number, answer: string, body: string, now: number, elapsed: number): string;
  cancel(call: number, now: number, elapsed: number): void;
  validate(api: string, definition: string): string;
}

/** Makes a fresh instance of the module: nothing of an earlier one is in it. */
export type Instantiate = () => CoreExports;

/**
 * The one instance of the core. It is made when it is first used, because importing a package should cost nothing, and made
 * anew after a panic, which leaves the memory of the old one in no known state.
 */
export class Core {
  #instantiate: Instantiate | undefined;
  #exports: CoreExports | undefined;
  #generation = 0;

  /** Says where instances come from. One that is already there stays. */
  provide(instantiate: Instantiate): void {
    this.#instantiate = instantiate;
  }

  /** Counts the instances. A number that one of them gave out means nothing to another. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls the core and reads what it answers. What it throws, and what is not JSON, is an `AjoInternalError`. */
  ask<T>(call: (exports: CoreExports) => string): T {
    return this.#guarded((exports) => JSON.parse(call(exports)) as T);
  }

  /** Has the instance of a generation tidy something. It is no error when that fails: it is gone with the instance. */
  tell(generation: number, call: (exports: CoreExports) => void): void {
    try {
      if (generation === this.#generation) this.#guarded(call);
    } catch {
      // The next call gets a fresh instance.
    }
  }

  #guarded<T>(call: (exports: CoreExports) => T): T {
    try {
      this.#exports ??= this.#make();
      return call(this.#exports);
    } catch (cause) {
      if (cause instanceof AjoInternalError) throw cause;
      this.#exports = undefined;
      this.#generation += 1;
      throw new AjoInternalError("the core failed: a mistake in ajo-limits", {
        code: "INTERNAL",
        // The error of a text that is no JSON repeats a part of it, and what the core answers may hold the token.
        cause: cause instanceof SyntaxError ? undefined : cause,
      });
    }
  }

  #make(): CoreExports {
    try {
      return (this.#instantiate as Instantiate)();
    } catch (cause) {
      // Nothing to make it of, no WebAssembly, or a policy against it.
      const hint = this.#instantiate ? undefined : "Call `setModule` first.";
      throw new AjoInternalError("the core could not be started", { code: "INTERNAL", hint, cause });
    }
  }
}

/** The one of this program. */
export const core = new Core();
