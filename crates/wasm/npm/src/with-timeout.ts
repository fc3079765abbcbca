import { type CallSignal, type StopReason, TIMED_OUT } from "./call-signal.js";

/** The longest delay of `setTimeout`, about 24.8 days. A longer one fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

// Read before a test can replace the globals. The annotation lets bundlers drop unused timers.
const platformTimers = /* @__PURE__ */ globalTimers();

function globalTimers(): Pick<typeof globalThis, "setTimeout" | "clearTimeout"> {
  const { setTimeout, clearTimeout } = globalThis;
  return { setTimeout, clearTimeout };
}

/** Handlers of work that has not settled in time. */
export interface LateWork<T> {
  onStop?: () => void;
  /** The work is fulfilled after all. */
  onValue?: (value: T) => void;
}

/**
 * Runs `work` until it settles, `timeoutMs` have passed, or the call ends. Rejects with the error of `work`, {@link TIMED_OUT}, or the
 * reason why the call ends. Before the last two it calls `onStop`, and a later error of `work` is ignored.
 */
export function withTimeout<T>(
  callSignal: CallSignal,
  timeoutMs: number,
  work: () => Promise<T>,
  { onStop, onValue }: LateWork<T> = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isStopped = false;
    const stop = (reason: StopReason | typeof TIMED_OUT): void => {
      cancel();
      isStopped = true;
      // Reject before `onStop`, which may settle the work.
      reject(reason);
      onStop?.();
    };
    const cancel = startTimer(() => stop(TIMED_OUT), timeoutMs);
    // Not removed when the work settles: the next step may already have replaced the handler.
    callSignal.onStop = stop;
    work().then(
      (value) => {
        cancel();
        if (isStopped) onValue?.(value);
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}

/** Waits. Rejects with the reason if the call ends. */
export function wait(callSignal: CallSignal, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(resolve, ms);
    callSignal.onStop = (reason) => {
      cancel();
      reject(reason);
    };
  });
}

/**
 * Runs `work` after a time, and returns a function that cancels it. The timer is that of the platform if `isReal`, and otherwise the
 * global one, so that fake timers work.
 */
export function startTimer(work: () => void, ms: number, isReal = false): () => void {
  // Both from the same place: fake timers cannot clear a real one.
  const { setTimeout, clearTimeout } = isReal ? platformTimers : globalTimers();
  const timer: unknown = setTimeout(work, Math.min(ms, MAX_DELAY_MS));
  // In Node.js: while nothing else happens, the program may end.
  if (isReal) (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer as number);
}
