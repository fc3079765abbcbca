import type { Signal } from "./platform.js";

/** A caller's signal for the length of one call: one listener, however many steps the call takes. */
export class Interrupt {
  /** What is to be done on an abort; each step has its own. */
  onAbort: (() => void) | undefined;
  #signal: Signal | undefined;
  #listener = (): void => this.onAbort?.();

  constructor(signal: Signal | undefined) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#listener);
  }

  get aborted(): boolean {
    return this.#signal?.aborted === true;
  }

  get reason(): unknown {
    return this.#signal?.reason;
  }

  /** The call is over. */
  release(): void {
    this.#signal?.removeEventListener("abort", this.#listener);
  }
}

/** Work was given up because the caller's signal says so. */
export class Aborted {}

/** Work was given up because its time was over. */
export class OutOfTime {}
