import { elapsedMs, millisecondsSince } from "./clock.js";
import { AjoAbortError } from "./errors.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { Log, LoggedRequest } from "./log.js";
import type { AjoEvent } from "./options.js";

/** The attempts of one call: counts them, emits events about them and about the token, and logs them. */
export class CallProgress {
  attempts: number;
  /** Status of the current attempt, if it received a response. */
  status: number | undefined;
  readonly #operation: string;
  readonly #request: LoggedRequest | undefined;
  readonly #listener: ((event: AjoEvent) => void) | undefined;
  readonly #log: Log | undefined;
  readonly #isObserved: boolean;
  readonly #startedAt: number = 0;
  #attemptStartedAt = 0;

  constructor(
    operation: string,
    request: LoggedRequest | undefined,
    listener: ((event: AjoEvent) => void) | undefined,
    log: Log | undefined,
    previousAttempts = 0,
  ) {
    this.attempts = previousAttempts;
    this.#operation = operation;
    this.#request = request;
    this.#listener = listener;
    this.#log = log;
    this.#isObserved = listener !== undefined || log !== undefined;
    if (log !== undefined) this.#startedAt = elapsedMs();
  }

  startAttempt(): void {
    this.attempts += 1;
    this.status = undefined;
    if (!this.#isObserved) return;
    this.#attemptStartedAt = elapsedMs();
    this.emit({ type: "attempt", operation: this.#operation, attempt: this.attempts, requestId: this.#request?.requestId ?? "" });
  }

  endAttempt(): void {
    if (!this.#isObserved || this.attempts === 0) return;
    this.emit({ type: "response", ...this.#attempt(), durationMs: millisecondsSince(this.#attemptStartedAt) });
  }

  retry(afterMs: number): void {
    this.endAttempt();
    if (this.#isObserved) this.emit({ type: "retry", ...this.#attempt(), afterMs });
  }

  /** A failing listener must not fail the call. */
  emit(event: AjoEvent): void {
    const listener = this.#listener;
    if (listener !== undefined) ignoreErrors(() => listener(event));
    this.#log?.event(event, this.#request);
  }

  /** The call has succeeded. */
  succeed(): void {
    this.#log?.write("info", `${this.#operation} succeeded after ${this.#duration()}`);
  }

  /** The call has failed with an `AjoError`, whose message contains no secret. */
  fail(error: unknown): void {
    this.#log?.write(error instanceof AjoAbortError ? "info" : "error", `${(error as Error).message} (after ${this.#duration()})`);
  }

  #duration(): string {
    return `${this.attempts} ${this.attempts === 1 ? "attempt" : "attempts"}, ${Math.round(millisecondsSince(this.#startedAt))} ms`;
  }

  #attempt(): { operation: string; attempt: number; status?: number } {
    const { attempts, status } = this;
    return { operation: this.#operation, attempt: attempts, ...(status !== undefined && { status }) };
  }
}
