import { readProperty } from "./error-message.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { Signal } from "./platform.js";

/** The caller's abort signal during one call. It adds a single listener for all steps of the call. */
export class CallSignal {
  /** Handler of the current step. */
  onAbort: (() => void) | undefined;
  #signal: Signal | undefined;
  #listener = (): void => this.onAbort?.();

  /** Throws if the signal is a custom object whose `addEventListener` throws. */
  constructor(signal: Signal | undefined) {
    this.#signal = signal;
    if (!signal?.aborted) signal?.addEventListener("abort", this.#listener);
  }

  get aborted(): boolean {
    return readProperty(this.#signal, "aborted") === true;
  }

  get reason(): unknown {
    return readProperty(this.#signal, "reason");
  }

  /** Removes the listener at the end of the call. Errors are ignored, because the call has its result. */
  release(): void {
    ignoreErrors(() => this.#signal?.removeEventListener("abort", this.#listener));
  }
}

/** Thrown when the caller's signal aborts a step. */
export class Aborted {}

/** Thrown when a step exceeds its time limit. */
export class TimedOut {}
