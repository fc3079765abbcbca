import type { CallTexts } from "./arguments.js";
import type { Core } from "./core.js";
import { AjoInternalError } from "./errors.js";
import { errorOf, type Failure } from "./failure.js";
import { toJson } from "./json.js";
import { Secrets } from "./secrets.js";
import type { Step } from "./step.js";

/** Milliseconds since 1970, and milliseconds on a clock that never jumps. */
function clocks(): [now: number, elapsed: number] {
  const now = Date.now();
  return [now, globalThis.performance?.now() ?? now];
}

/** 32 bits by chance, for delays and identifiers; no secret depends on them. */
function chance(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** A client as the core has it: opened once, and again in every new instance of the core. */
export class Session {
  /** What is known to be secret. */
  readonly secrets: Secrets;
  #core: Core;
  #options: string;
  #client = 0;
  /** Of the instance in which it is open. */
  #generation = -1;

  /** Throws what the core has against the options. */
  constructor(core: Core, options: string) {
    this.#core = core;
    this.#options = options;
    this.secrets = Secrets.of(options);
    this.#open();
  }

  /** Begins a call. */
  start({ input, definition }: CallTexts): Turn {
    const client = this.#open();
    const step = this.#core.ask<Step>((it) => it.start(client, input, definition, ...clocks(), chance(), chance()));
    return new Turn(this.#core, step);
  }

  /** Gives back what the core keeps for this client. Calls that are on their way go on. */
  close(): void {
    this.#core.tell(this.#generation, (it) => it.close(this.#client));
    this.#generation = -1;
  }

  #open(): number {
    if (this.#generation !== this.#core.generation) {
      const opened = this.#core.ask<{ client: number } | { failed: Failure }>((it) => it.open(this.#options));
      if ("failed" in opened) throw errorOf(opened.failed);
      this.#client = opened.client;
      this.#generation = this.#core.generation;
    }
    return this.#client;
  }
}

/** One call as the core has it: its outstanding step, and the way to answer it. */
export class Turn {
  step: Step;
  #core: Core;
  #generation: number;

  constructor(core: Core, step: Step) {
    this.#core = core;
    this.#generation = core.generation;
    this.step = step;
  }

  /** Answers the outstanding step; the next one takes its place. */
  resume(answer: object, body: string): void {
    if (this.#generation !== this.#core.generation) {
      throw new AjoInternalError("the core failed in another call", { code: "INTERNAL" });
    }
    const { call } = this.step;
    this.step = this.#core.ask<Step>((it) => it.resume(call, toJson(answer) as string, body, ...clocks()));
  }

  /** Gives the call up. */
  cancel(): void {
    const { call } = this.step;
    this.#core.tell(this.#generation, (it) => it.cancel(call, ...clocks()));
  }
}
