import type { Control } from "./emulator-control.js";
import type { EmulatorOperation } from "./emulator-faults.js";

/** One call, as the journal keeps it. No header's value and no body is part of it. */
export interface JournalCall {
  /** Counted from 1; it goes on when old calls are forgotten. */
  number: number;
  /** When, in milliseconds since the epoch, by the emulator's clock. */
  at: number;
  /** The HTTP method. */
  method: string;
  /** The path, cut at 200 characters. */
  path: string;
  /** The operation, `"token"` for a token request, `null` where the path leads nowhere. */
  operation: EmulatorOperation | "token" | null;
  /** The sandbox that the call names. */
  sandbox: string | null;
  /** The status that was answered, or would have been. */
  status: number;
  /** The identifier that was answered. */
  requestId: string;
  /** The identifier that the client sent, cut at 128 characters. */
  sentRequestId: string | null;
  /** The fault that struck. */
  fault: string | null;
  /** Fields of the body (as JSON pointers) and of the query (`?name`) that nothing read: a misspelled one, for example. */
  unread: string[];
  /** For a path that leads nowhere, the nearest one that does not. */
  closest: string | null;
}

/** Which calls. All of them, unless told otherwise. */
export interface JournalFilter {
  /** Only those that can change a configuration. */
  mutating?: boolean;
  /** Only those of this operation. */
  operation?: EmulatorOperation | "token";
  /** Only those after the call of this number. */
  since?: number;
}

/** The last calls, 1,000 unless told otherwise; the oldest is forgotten. */
export class Journal {
  readonly #control: Control;

  /** @internal */
  constructor(control: Control) {
    this.#control = control;
  }

  /** The calls, oldest first. */
  list({ mutating, operation, since }: JournalFilter = {}): JournalCall[] {
    const query = new URLSearchParams();
    if (mutating === true) query.set("mutating", "true");
    if (operation !== undefined) query.set("operation", operation);
    if (since !== undefined) query.set("since", String(since));
    return this.#control.ask<{ calls: JournalCall[] }>("GET", `/calls?${query}`).calls;
  }

  /** Forgets them; the next one goes on counting. */
  clear(): void {
    this.#control.ask("DELETE", "/calls");
  }
}
