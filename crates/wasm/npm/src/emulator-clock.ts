import type { Control } from "./emulator-control.js";

/** The time in the emulator. */
export interface ClockReading {
  /** In milliseconds since the epoch. */
  nowMillis: number;
  /** How fast it runs: 1 is the real speed, 0 is frozen. */
  speed: number;
}

/**
 * The clock of tokens, timestamps, rates and `Retry-After`: real at the start, and then frozen, set, moved on or hurried. Latency
 * (`delay:…`) is real time whatever this clock says, as over HTTP: a client's own timers do not go by it.
 */
export class Clock {
  readonly #control: Control;

  /** @internal */
  constructor(control: Control) {
    this.#control = control;
  }

  /** What time it is, in milliseconds since the epoch. */
  now(): number {
    return this.read().nowMillis;
  }

  /** What time it is, and how fast it runs. */
  read(): ClockReading {
    return this.#control.ask("GET", "/clock");
  }

  /** Sets it, in whole milliseconds since the epoch or as a date; it goes on at the speed that it has. */
  set(to: number | Date): ClockReading {
    return this.#control.ask("PUT", "/clock", { nowMillis: Number(to) });
  }

  /** Stops it: where it is, or at this time, in whole milliseconds since the epoch or as a date. */
  freeze(at?: number | Date): ClockReading {
    return this.#control.ask("PUT", "/clock", at === undefined ? { speed: 0 } : { speed: 0, nowMillis: Number(at) });
  }

  /** Moves it on at once, by so many seconds. */
  advance(seconds: number): ClockReading {
    return this.#control.ask("POST", "/clock/advance", { seconds });
  }

  /**
   * Lets it go on from where it is, so many times as fast as real time, from 0 to 1,000,000.
   *
   * @throws EmulatorError `REFUSED` for another speed.
   */
  speed(factor: number): ClockReading {
    return this.#control.ask("PUT", "/clock", { speed: factor });
  }
}
