// Both clocks are read from the globals each time, like `setTimeout`, so that fake timers work. Such a clock can jump, also back: the
// core treats that as a new start, and durations here are never negative.

/** Milliseconds on a monotonic clock, if the platform has one. */
export function elapsedMs(): number {
  return globalThis.performance?.now() ?? Date.now();
}

/** Milliseconds since an earlier {@link elapsedMs}. */
export function millisecondsSince(start: number): number {
  return Math.max(0, elapsedMs() - start);
}
