import { elapsedMs, millisecondsSince } from "./clock.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { AjoEvent } from "./options.js";

/** The attempts of one call: counts them, and emits events about them and about the token. */
export class CallProgress {
  attempts: number;
  /** Status of the current attempt, if it received a response. */
  status: number | undefined;
  readonly #operation: string;
  readonly #requestId: string;
  readonly #listener: ((event: AjoEvent) => void) | undefined;
  #attemptStartedAt = 0;

  constructor(operation: string, requestId: string, listener: ((event: AjoEvent) => void) | undefined, previousAttempts = 0) {
    this.attempts = previousAttempts;
    this.#operation = operation;
    this.#requestId = requestId;
    this.#listener = listener;
  }

  startAttempt(): void {
    this.attempts += 1;
    this.status = undefined;
    if (this.#listener === undefined) return;
    this.#attemptStartedAt = elapsedMs();
    this.emit({ type: "attempt", operation: this.#operation, attempt: this.attempts, requestId: this.#requestId });
  }

  endAttempt(): void {
    if (this.#listener === undefined || this.attempts === 0) return;
    this.emit({ type: "response", ...this.#attempt(), durationMs: millisecondsSince(this.#attemptStartedAt) });
  }

  retry(afterMs: number): void {
    this.endAttempt();
    if (this.#listener !== undefined) this.emit({ type: "retry", ...this.#attempt(), afterMs });
  }

  /** A failing listener must not fail the call. */
  emit(event: AjoEvent): void {
    const listener = this.#listener;
    if (listener !== undefined) ignoreErrors(() => listener(event));
  }

  #attempt(): { operation: string; attempt: number; status?: number } {
    const { attempts, status } = this;
    return { operation: this.#operation, attempt: attempts, ...(status !== undefined && { status }) };
  }
}
