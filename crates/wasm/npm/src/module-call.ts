import { CODE, DONE, GET_TOKEN, INVALID_ENTRY, SEND } from "./actions.js";
import type { ClientState } from "./client-state.js";
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

/**
 * A call in the module, and its last action. The module frees the call at its end.
 *
 * The module knows the details of its last action only, and the next one may be that of another call. So they are read before anything
 * else can run.
 */
export class ModuleCall {
  /** A time limit or a delay. */
  millis = 0;
  /** The generation of the token, the ticket of a lock, or the lifetime of a store entry. */
  extra = 0;
  /** What is wrong with the entry of the token store, after INVALID_ENTRY. */
  problem = "";
  /** The token to send, or the result of a call that only gets one. */
  token = "";
  /** The header with the token. */
  authorization = "";
  readonly #state: ClientState;
  readonly #call: number;
  readonly #isTokenOnly: boolean;
  readonly #instance: number;

  constructor(state: ClientState, operation: number, { attemptTimeoutMs, timeoutMs, maxAttempts }: CallLimits) {
    const client = state.number();
    this.#state = state;
    this.#isTokenOnly = operation === GET_TOKEN;
    this.#call = wasm.run((it) =>
      it.begin(client, operation, attemptTimeoutMs, timeoutMs, maxAttempts, Date.now(), elapsedMs(), Math.random()),
    );
    this.#instance = wasm.generation;
  }

  /** Reports a result without a text, and returns the next action. */
  step(input: number, value = 0): number {
    return this.#next((it) => it.step(this.#call, input, value, Date.now(), elapsedMs(), Math.random()));
  }

  /** Reports a result with a text, and returns the next action. */
  report<Name extends ReportName>(name: Name, ...texts: ReportArguments<Name>): number {
    const report = (exports: ModuleExports) => exports[name] as (...args: unknown[]) => number;
    return this.#next((it) => report(it)(this.#call, ...texts, Date.now(), elapsedMs(), Math.random()));
  }

  #next(advance: (exports: ModuleExports) => number): number {
    this.#assertInstance();
    const action = wasm.run(advance);
    const code = action & CODE;
    this.millis = wasm.run((it) => it.millis());
    this.extra = wasm.run((it) => it.extra());
    if (action & INVALID_ENTRY) this.problem = JSON.parse(wasm.run((it) => it.takeProblem(""))).message;
    if (code === SEND || (code === DONE && this.#isTokenOnly)) {
      this.token = this.#state.token(this.extra);
      this.authorization = this.#state.authorization(this.extra);
    }
    return action;
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
