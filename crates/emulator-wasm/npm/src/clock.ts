import type { ControlApi } from "./control.js";

/** The emulator's time. */
export interface ClockReading {
  /** In milliseconds since the epoch. */
  nowMillis: number;
  /** 1 is real time, 0 is frozen. */
  speed: number;
}

/**
 * The clock for tokens, timestamps, rates and `Retry-After`. It starts in real time, and can be frozen, set, advanced and sped up.
 * Latency (`delay:…`) is always in real time, as over HTTP, because a client's timers do not follow this clock.
 */
export class Clock {
  readonly #control: ControlApi;

  /** @internal */
  constructor(control: ControlApi) {
    this.#control = control;
  }

  /** The current time in milliseconds since the epoch. */
  now(): number {
    return this.read().nowMillis;
  }

  /** The current time and speed. */
  read(): ClockReading {
    return this.#control.request("GET", "/clock");
  }

  /** Sets the time, as whole milliseconds since the epoch or a date. The speed stays. */
  set(to: number | Date): ClockReading {
    return this.#control.request("PUT", "/clock", { nowMillis: Number(to) });
  }

  /** Stops the clock, now or at a time in whole milliseconds since the epoch or a date. */
  freeze(at?: number | Date): ClockReading {
    return this.#control.request("PUT", "/clock", at === undefined ? { speed: 0 } : { speed: 0, nowMillis: Number(at) });
  }

  /** Moves the clock forward. */
  advance(seconds: number): ClockReading {
    return this.#control.request("POST", "/clock/advance", { seconds });
  }

  /**
   * Continues from the current time at `factor` times real time, from 0 to 1,000,000.
   *
   * @throws EmulatorError `REJECTED` for another factor.
   */
  speed(factor: number): ClockReading {
    return this.#control.request("PUT", "/clock", { speed: factor });
  }
}
