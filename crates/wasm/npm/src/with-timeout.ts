import { Aborted, type CallSignal, TimedOut } from "./call-signal.js";

/** The longest delay of `setTimeout`, about 24.8 days. A longer one fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Runs `work` until it settles, `timeoutMs` have passed, or the caller aborts. Rejects with the error of `work`, {@link TimedOut}
 * or {@link Aborted}. The last two also abort the signal that `work` gets, and its later result is ignored.
 */
export function withTimeout<T>(
  callSignal: CallSignal,
  timeoutMs: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => stop(new TimedOut()), Math.min(timeoutMs, MAX_DELAY_MS));
    const stop = (reason: TimedOut | Aborted): void => {
      clearTimeout(timer);
      // Reject before the abort, whose listeners may settle the work.
      reject(reason);
      controller.abort();
    };
    // Not removed when the work settles: the next step may already have replaced the handler.
    callSignal.onAbort = () => stop(new Aborted());
    // An async function turns an exception into a rejection.
    (async () => work(controller.signal))()
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
