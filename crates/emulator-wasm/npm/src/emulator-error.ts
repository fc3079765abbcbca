/** Marks the errors of all copies of this package, which share nothing else. */
const BRAND = Symbol.for("ajo-limits-emulator.error");

/**
 * An error of the emulator. `message` is one line.
 *
 * `code` is `"INVALID_OPTIONS"` (the options of `createEmulator`), `"REJECTED"` (the control API rejected a request; `status` is
 * its response's), `"CLOSED"` (after `close()`), `"UNSUPPORTED"` (the environment lacks a global that this package needs), or `"CRASHED"`
 * (a bug in this package; `reset()` starts an empty emulator).
 */
export class EmulatorError extends Error {
  readonly code: "INVALID_OPTIONS" | "REJECTED" | "CLOSED" | "UNSUPPORTED" | "CRASHED";
  /** HTTP status of the control API's response. Present only with `"REJECTED"`. */
  declare readonly status?: number;

  /** @internal */
  constructor(code: EmulatorError["code"], message: string, details: { status?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.status !== undefined) this.status = details.status;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** All fields, for `JSON.stringify`. */
  toJSON(): { name: string; message: string; code: string; status?: number } {
    return { ...this, name: this.name, message: this.message };
  }

  /** Whether `value` is an `EmulatorError` of this or another copy of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== EmulatorError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return Object(value)[BRAND] === true;
  }
}

// A minifier may have renamed the class.
Object.defineProperty(EmulatorError, "name", { value: "EmulatorError" });
Object.defineProperty(EmulatorError.prototype, "name", { value: "EmulatorError", configurable: true, writable: true });
