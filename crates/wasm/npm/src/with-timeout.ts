import { Aborted, type CallSignal, TimedOut } from "./call-signal.js";

/** The longest delay of `setTimeout`, about 24.8 days. A longer one fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Runs `work` until it settles, `timeoutMs` have passed, or the caller aborts. Rejects with the error of `work`, {@link TimedOut}
 * or {@link Aborted}. Before the last two it calls `onStop`, and the later result of `work` is ignored.
 */
export function withTimeout<T>(
  callSignal: CallSignal,
  timeoutMs: number,
  work: () => Promise<T>,
  onStop?: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (reason: TimedOut | Aborted): void => {
      clearTimeout(timer);
      // Reject before `onStop`, which may settle the work.
      reject(reason);
      onStop?.();
    };
    const timer = setTimeout(() => stop(new TimedOut()), Math.min(timeoutMs, MAX_DELAY_MS));
    // Not removed when the work settles: the next step may already have replaced the handler.
    callSignal.onAbort = () => stop(new Aborted());
    work().then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Waits. Rejects with {@link Aborted} if the caller aborts. */
export function wait(callSignal: CallSignal, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, MAX_DELAY_MS));
    callSignal.onAbort = () => {
      clearTimeout(timer);
      reject(new Aborted());
    };
  });
}
