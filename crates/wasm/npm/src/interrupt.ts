import type { Signal } from "./platform.js";
import { property } from "./reason.js";
import { unheard } from "./unheard.js";

/** A caller's signal for the length of one call: one listener, however many steps the call takes. */
export class Interrupt {
  /** What is to be done on an abort; each step has its own. */
  onAbort: (() => void) | undefined;
  #signal: Signal | undefined;
  #listener = (): void => this.onAbort?.();

  /** Throws what the signal throws, which may be somebody's own. */
  constructor(signal: Signal | undefined) {
    this.#signal = signal;
    if (!signal?.aborted) signal?.addEventListener("abort", this.#listener);
  }

  get aborted(): boolean {
    return property(this.#signal, "aborted") === true;
  }

  get reason(): unknown {
    return property(this.#signal, "reason");
  }

  /** The call is over, and a signal that does not let go changes nothing of it. */
  release(): void {
    unheard(() => this.#signal?.removeEventListener("abort", this.#listener));
  }
}

/** Work was given up because the caller's signal says so. */
export class Aborted {}

/** Work was given up because its time was over. */
export class OutOfTime {}
