import { Aborted, type Interrupt, OutOfTime } from "./interrupt.js";

/** The longest that `setTimeout` keeps to, about 24.8 days; more would end at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Runs work for at most so many milliseconds and until the caller interrupts. Rejects with what the work rejects with or
 * throws, with {@link OutOfTime} or with {@link Aborted}; the work's signal says so to what the work is waiting for, and what
 * the work comes to after that is nobody's business.
 */
export function bounded<T>(
  interrupt: Interrupt,
  timeoutMs: number,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => giveUp(new OutOfTime()), Math.min(timeoutMs, LONGEST));
    const giveUp = (why: OutOfTime | Aborted): void => {
      clearTimeout(timer);
      // Before the abort, whose listeners may settle the work.
      reject(why);
      controller.abort();
    };
    // It stays until the next step has another; this work may come to its end within that one, and must not take it away.
    interrupt.onAbort = () => giveUp(new Aborted());
    // An async function turns what the work throws into a rejection.
    (async () => work(controller.signal))()
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
