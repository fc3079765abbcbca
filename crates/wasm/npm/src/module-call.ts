import { elapsedMs } from "./clock.js";
import { AjoInternalError } from "./errors.js";
import type { ModuleExports } from "./module-exports.js";
import { wasm } from "./wasm-instance.js";

/** Limits of a call; 0 means the default. */
export interface CallLimits {
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
}

/** An export that reports the result of an action and returns the next action. */
type Report = (exports: ModuleExports, call: number, now: number, elapsed: number, random: number) => number;

/** A call in the module. The module frees it at its end. */
export class ModuleCall {
  readonly #call: number;
  readonly #instance: number;

  constructor(client: number, operation: number, { attemptTimeoutMs, timeoutMs, maxAttempts }: CallLimits) {
    this.#call = wasm.run((it) =>
      it.begin(client, operation, attemptTimeoutMs, timeoutMs, maxAttempts, Date.now(), elapsedMs(), Math.random()),
    );
    this.#instance = wasm.generation;
  }

  /** Reports a result without a text. */
  step(input: number, value = 0): number {
    return this.report((it, call, now, elapsed, random) => it.step(call, input, value, now, elapsed, random));
  }

  /** Reports a result and returns the next action. */
  report(report: Report): number {
    this.#assertInstance();
    return wasm.run((it) => report(it, this.#call, Date.now(), elapsedMs(), Math.random()));
  }

  /** Reads a text that belongs to the last action. */
  read(read: (exports: ModuleExports, call: number) => string): string {
    this.#assertInstance();
    return wasm.run((it) => read(it, this.#call));
  }

  cancel(): void {
    wasm.cleanUp(this.#instance, (it) => it.cancel(this.#call, Date.now(), elapsedMs(), Math.random()));
  }

  #assertInstance(): void {
    if (this.#instance !== wasm.generation) {
      throw new AjoInternalError("the WebAssembly module failed in another call", { code: "INTERNAL" });
    }
  }
}
