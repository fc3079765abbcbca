import type { CallInput } from "./arguments.js";
import { type CoreError, toAjoError } from "./core-error.js";
import type { Core } from "./core.js";
import { AjoInternalError } from "./errors.js";
import { toJson } from "./json.js";
import { Secrets } from "./secrets.js";
import type { Step } from "./step.js";

/** Milliseconds since 1970, and milliseconds on a monotonic clock. */
function currentTimes(): [now: number, elapsed: number] {
  const now = Date.now();
  return [now, globalThis.performance?.now() ?? now];
}

/** Seeds delays and identifiers, so it need not be secure. */
function random32(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** A client in the core. Opened once for each instance of the core. */
export class Session {
  readonly secrets: Secrets;
  #core: Core;
  #options: string;
  #client = 0;
  /** The instance in which the client is open. */
  #generation = -1;

  /** Throws an `AjoValidationError` if the core rejects the options. */
  constructor(core: Core, options: string) {
    this.#core = core;
    this.#options = options;
    this.secrets = Secrets.fromOptions(options);
    this.#open();
  }

  startCall({ input, definition }: CallInput): PendingCall {
    const client = this.#open();
    const step = this.#core.callJson<Step>((it) => it.start(client, input, definition, ...currentTimes(), random32(), random32()));
    return new PendingCall(this.#core, step);
  }

  /** Frees the client in the core. Calls in progress continue. */
  close(): void {
    this.#core.cleanUp(this.#generation, (it) => it.close(this.#client));
    this.#generation = -1;
  }

  #open(): number {
    if (this.#generation !== this.#core.generation) {
      const result = this.#core.callJson<{ client: number } | { failed: CoreError }>((it) => it.open(this.#options));
      if ("failed" in result) throw toAjoError(result.failed);
      this.#client = result.client;
      this.#generation = this.#core.generation;
    }
    return this.#client;
  }
}

/** A call in progress: its current step, and the functions that end the step. */
export class PendingCall {
  step: Step;
  #core: Core;
  #generation: number;

  constructor(core: Core, step: Step) {
    this.#core = core;
    this.#generation = core.generation;
    this.step = step;
  }

  /** Reports the outcome of the current step, and moves to the next one. */
  resume(outcome: object, body: string): void {
    if (this.#generation !== this.#core.generation) {
      throw new AjoInternalError("the WebAssembly module failed in another call", { code: "INTERNAL" });
    }
    const { call } = this.step;
    this.step = this.#core.callJson<Step>((it) => it.resume(call, toJson(outcome) as string, body, ...currentTimes()));
  }

  cancel(): void {
    const { call } = this.step;
    this.#core.cleanUp(this.#generation, (it) => it.cancel(call, ...currentTimes()));
  }
}
