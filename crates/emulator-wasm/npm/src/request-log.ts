import type { ControlApi } from "./control.js";
import type { EmulatorOperation } from "./faults.js";

/** A call in the request log. It contains no header value and no body. */
export interface LoggedRequest {
  /** Counts from 1, and continues when old calls are removed. */
  number: number;
  /** The emulator's time in milliseconds since the epoch. */
  at: number;
  method: string;
  /** At most 200 characters. */
  path: string;
  /** The operation, `"token"` for a token request, `"sandboxes"` for Sandbox Management, `"sample"` for `/imp/`, or `null` for an unknown path. */
  operation: EmulatorOperation | "token" | "sandboxes" | "sample" | null;
  /** The sandbox in the call's headers. */
  sandbox: string | null;
  /** The status of the response, even if it was not delivered. */
  status: number;
  /** The request id in the response. */
  requestId: string;
  /** The request id that the client sent; at most 128 characters. */
  sentRequestId: string | null;
  /** The fault that affected the call. */
  fault: string | null;
  /** Unknown fields of the body (as JSON pointers) and of the query (`?name`), such as misspelled ones. */
  unknownFields: string[];
  /** For an unknown path, the most similar known one. */
  closestPath: string | null;
}

/** Selects calls of the request log. All conditions are optional. */
export interface RequestLogFilter {
  /** Only calls that can change a configuration. */
  mutating?: boolean;
  operation?: EmulatorOperation | "token" | "sandboxes" | "sample";
  /** Only calls after the one with this number. */
  since?: number;
}

/** The most recent calls: by default, the last 1,000. */
export class RequestLog {
  readonly #control: ControlApi;

  /** @internal */
  constructor(control: ControlApi) {
    this.#control = control;
  }

  /** The calls, oldest first. */
  list({ mutating, operation, since }: RequestLogFilter = {}): LoggedRequest[] {
    const query = new URLSearchParams();
    if (mutating === true) query.set("mutating", "true");
    if (operation !== undefined) query.set("operation", operation);
    if (since !== undefined) query.set("since", String(since));
    return this.#control.request<{ calls: LoggedRequest[] }>("GET", `/calls?${query}`).calls;
  }

  /** Removes all calls. The numbers continue. */
  clear(): void {
    this.#control.request("DELETE", "/calls");
  }
}
