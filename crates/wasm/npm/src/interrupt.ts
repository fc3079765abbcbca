import type { Signal } from "./platform.js";

/** A caller's signal for the length of one call: one listener, however many steps the call takes. */
export class Interrupt {
  #signal: Signal | undefined;
  #stop: ((reason: unknown) => void) | undefined;
  #listener = (): void => this.#stop?.(this.reason);

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

  /** What is to be done on an abort, in place of what was. */
  set onAbort(stop: ((reason: unknown) => void) | undefined) {
    this.#stop = stop;
  }

  /** The call is over. */
  release(): void {
    this.#stop = undefined;
    this.#signal?.removeEventListener("abort", this.#listener);
  }
}

/** Work was given up because the caller's signal says so. */
export class Aborted {
  constructor(readonly reason: unknown) {}
}

/** Work was given up because its time was over. */
export class OutOfTime {}
