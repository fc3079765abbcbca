// A clock and timers that move only when nothing else happens, so that no call waits.

const { setImmediate: realSetImmediate } = globalThis;
let elapsed = 1;
let epoch = 0;
let timers = [];
let nextId = 1;

/** Replaces the clocks, timers, and random numbers of this process. */
export function installClock() {
  // As in the oracle, so that delays are equal.
  Math.random = () => 0;
  Date.now = () => epoch + elapsed;
  Object.defineProperty(globalThis.performance, "now", { value: () => elapsed });
  globalThis.setTimeout = (run, delay = 0) => {
    const id = nextId++;
    timers.push({ id, at: elapsed + Math.max(0, delay), run });
    // Node.js returns an object.
    return { id, ref: () => {}, unref: () => {}, [Symbol.toPrimitive]: () => id };
  };
  globalThis.clearTimeout = (timer) => {
    const at = timers.findIndex(({ id }) => id === (timer?.id ?? timer));
    if (at >= 0) timers.splice(at, 1);
  };
}

/** Sets `Date.now`. The monotonic clock continues. */
export function setNow(now) {
  epoch = now - elapsed;
  timers = [];
}

/** Waits for a promise. Whenever nothing happens, the next timer fires. */
export async function settle(promise) {
  let isSettled = false;
  const mark = () => (isSettled = true);
  promise.then(mark, mark);
  for (let idle = 0; !isSettled; ) {
    await new Promise(realSetImmediate);
    if (isSettled) break;
    // A stream of the platform may need more than one turn.
    if ((idle += 1) < 3) continue;
    idle = 0;
    const next = timers.reduce((first, timer) => (first === undefined || timer.at < first.at ? timer : first), undefined);
    if (next === undefined) throw new Error("the call waits for nothing");
    timers.splice(timers.indexOf(next), 1);
    elapsed = Math.max(elapsed, next.at);
    next.run();
  }
  return promise;
}
