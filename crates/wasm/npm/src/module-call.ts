import { elapsedMs } from "./clock.js";
import { AjoInternalError } from "./errors.js";
import type { ModuleExports } from "./module-exports.js";
import * as wasm from "./wasm-instance.js";

/** Limits of a call; 0 means the default. */
export interface CallLimits {
  readonly attemptTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
}

/** The exports that report the result of an action with a text. */
type ReportName = "respond" | "sendFailed" | "invalidBody" | "stored" | "tokenReturned" | "callbackFailed";

/** The arguments of an export between the call's number, and the times and random number. */
type ReportArguments<Name extends ReportName> =
  Parameters<ModuleExports[Name]> extends [number, ...infer Texts, number, number, number] ? Texts : never;

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

  /** Reports a result without a text, and returns the next action. */
  step(input: number, value = 0): number {
    this.#assertInstance();
    return wasm.run((it) => it.step(this.#call, input, value, Date.now(), elapsedMs(), Math.random()));
  }

  /** Reports a result with a text, and returns the next action. */
  report<Name extends ReportName>(name: Name, ...texts: ReportArguments<Name>): number {
    this.#assertInstance();
    const report = (exports: ModuleExports) => exports[name] as (...args: unknown[]) => number;
    return wasm.run((it) => report(it)(this.#call, ...texts, Date.now(), elapsedMs(), Math.random()));
  }

  /** Reads a text that belongs to the last action. */
  read(name: "tokenRequestBody" | "storeKey" | "storeEntry"): string {
    this.#assertInstance();
    return wasm.run((it) => it[name](this.#call));
  }

  /** The error of the failed call. */
  takeError(operation: string, requestId: string): string {
    return wasm.run((it) => it.takeError(this.#call, operation, requestId));
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
