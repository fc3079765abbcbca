import { readProperty } from "./error-message.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { Signal } from "./platform.js";

/** The calls that wait for one signal, and the single listener for all of them. Node.js warns about more than ten listeners. */
interface SignalCalls {
  readonly calls: Set<CallSignal>;
  readonly listener: () => void;
}

const callsBySignal = new WeakMap<Signal, SignalCalls>();

/** The caller's abort signal during one call. */
export class CallSignal {
  /** Ends the current step. */
  onStop: ((reason: StopReason) => void) | undefined;
  readonly #signal: Signal | undefined;

  /** Throws if the signal is a custom object whose `addEventListener` throws. */
  constructor(signal: Signal | undefined) {
    this.#signal = signal;
    if (signal !== undefined && !signal.aborted) addCall(signal, this);
  }

  get aborted(): boolean {
    return this.#signal !== undefined && readProperty(this.#signal, "aborted") === true;
  }

  get reason(): unknown {
    return readProperty(this.#signal, "reason");
  }

  /** Ends the interest in the signal at the end of the call. */
  release(): void {
    if (this.#signal !== undefined) removeCall(this.#signal, this);
  }
}

function addCall(signal: Signal, call: CallSignal): void {
  let entry = callsBySignal.get(signal);
  if (entry === undefined) {
    const calls = new Set<CallSignal>();
    const listener = (): void => {
      for (const each of [...calls]) each.onStop?.(ABORTED);
    };
    signal.addEventListener("abort", listener);
    callsBySignal.set(signal, (entry = { calls, listener }));
  }
  entry.calls.add(call);
}

/** Errors are ignored, because the call has its result. */
function removeCall(signal: Signal, call: CallSignal): void {
  const entry = callsBySignal.get(signal);
  if (!entry?.calls.delete(call) || entry.calls.size > 0) return;
  callsBySignal.delete(signal);
  ignoreErrors(() => signal.removeEventListener("abort", entry.listener));
}

/**
 * What a step rejects with: the caller's signal has aborted, the step has reached its time limit, or the call has reached its own, whatever
 * the clock says. Symbols, because `instanceof` with a Proxy that a callback has thrown could throw.
 */
export const ABORTED = Symbol("aborted");
export const TIMED_OUT = Symbol("timed out");
export const EXPIRED = Symbol("expired");

/** Why a call ends in the middle of a step. */
export type StopReason = typeof ABORTED | typeof EXPIRED;

export function isStopReason(error: unknown): error is StopReason {
  return error === ABORTED || error === EXPIRED;
}
