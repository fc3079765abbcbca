import type { Failure } from "./failure.js";
import type { AjoEvent } from "./options.js";
import type { Request } from "./send.js";

/** What the core wants done next for a call. Exactly one of the fields below `events` is there. */
export interface Step {
  call: number;
  events?: AjoEvent[];
  send?: Request;
  wait?: number;
  token?: { timeoutMs: number };
  storeGet?: { key: string; timeoutMs: number };
  storeSet?: { key: string; value: string; ttlSeconds: number; timeoutMs: number };
  /** The call is over. Its value is this field of the last answer's body, all of it for `""`, nothing for `null`. */
  done?: string | null;
  failed?: Failure;
}
