/**
 * The emulator was used in a way that it cannot be, or is broken. `message` is one complete line.
 *
 * `code` is `"OPTIONS"` (what `createEmulator` was given), `"REFUSED"` (the control API refuses; `status` is its answer's),
 * `"CLOSED"` (after `close()`) or `"BROKEN"` (a mistake of this package; `reset()` makes the emulator anew).
 */
export class EmulatorError extends Error {
  /** What happened, for programs. */
  readonly code: "OPTIONS" | "REFUSED" | "CLOSED" | "BROKEN";
  /** The HTTP status with which the control API refuses; absent otherwise. */
  declare readonly status?: number;

  /** @internal */
  constructor(code: EmulatorError["code"], message: string, details: { status?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.status !== undefined) this.status = details.status;
  }
}

// By name, because a minifier may have renamed the class.
Object.defineProperty(EmulatorError, "name", { value: "EmulatorError" });
Object.defineProperty(EmulatorError.prototype, "name", { value: "EmulatorError", configurable: true, writable: true });
