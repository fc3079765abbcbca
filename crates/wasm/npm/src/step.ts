import type { CoreError } from "./core-error.js";
import type { AjoEvent } from "./options.js";
import type { Request } from "./send.js";

/** The next step of a call, as the core returns it. Exactly one field below `events` is present. */
export interface Step {
  call: number;
  events?: AjoEvent[];
  send?: Request;
  /** Milliseconds. */
  wait?: number;
  token?: { timeoutMs: number };
  storeGet?: { key: string; timeoutMs: number };
  storeSet?: { key: string; value: string; ttlSeconds: number; timeoutMs: number };
  /** The call succeeded. Its value is this field of the last response body, the whole body for `""`, or nothing for `null`. */
  done?: string | null;
  failed?: CoreError;
}
