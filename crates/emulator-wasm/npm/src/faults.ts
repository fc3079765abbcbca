import type { ControlApi } from "./control.js";
import type { OperationId } from "./generated/operations.js";

/** An operation: `"capping.create"`. */
export type EmulatorOperation = OperationId;

/** A verb of the two APIs, as the emulator writes it. */
export type EmulatorVerb = OperationId extends `${string}.${infer Verb}` ? Verb : never;

/** The calls that a fault affects: all, token requests, or an operation with `*` for either part. */
export type FaultTarget = "*" | "token" | "sandboxes" | "sample" | `${"capping" | "throttling" | "*"}.${EmulatorVerb | "*"}`;

/** The calls of the target that fail. A probability is from 0 to 1; the emulator's seed decides. */
export type FaultWhen = "always" | `first:${number}` | `every:${number}` | `probability:${number}`;

/** The failure. docs/emulator.md describes each, and whether the call is processed. */
export type FaultEffect =
  /** The response of the gateway or the service with this code: `gateway:429050`, `service:1463`. */
  | `${"gateway" | "service"}:${string}`
  /** The error response of the token endpoint with this name: `ims:invalid_scope`. */
  | `ims:${string}`
  /** This status without a body, or with a proxy's HTML page, a platform service's problem JSON, or its line of text. */
  | `${"status" | "html" | "problem" | "denied"}:${number}`
  /** 429 with `Retry-After` in whole seconds. */
  | `busy:${number}`
  /** A delay in milliseconds of real time: `delay:250`, `delay:uniform:100-400`, `delay:lognormal:200:0.5` (median, sigma). */
  | `delay:${string}`
  /** `fetch` rejects. The call was not processed, except with `drop_after`, where the response is lost. */
  | "drop_before"
  | "reset"
  | "drop_after"
  /** The call is processed, but the gateway loses the response and returns this status. */
  | `lost:${number}`
  /** The call is processed. The body ends after half of its bytes, or is garbage. */
  | "half_body"
  | "garbage";

/** An injected fault. */
export interface Fault {
  at: FaultTarget;
  /** Default: `always`. */
  when?: FaultWhen;
  fault: FaultEffect;
}

/** The injected faults. The first one that applies to a call takes effect. */
export class Faults {
  readonly #control: ControlApi;

  /** @internal */
  constructor(control: ControlApi) {
    this.#control = control;
  }

  /**
   * Adds a fault after the existing ones, and returns all of them.
   *
   * @throws EmulatorError `REJECTED` for an unknown name, and if there are already 100 faults.
   */
  set(fault: Fault): Required<Fault>[] {
    return this.#control.request<{ faults: Required<Fault>[] }>("POST", "/faults", fault).faults;
  }

  list(): Required<Fault>[] {
    return this.#control.request<{ faults: Required<Fault>[] }>("GET", "/faults").faults;
  }

  /** Removes all faults. */
  clear(): void {
    this.#control.request("DELETE", "/faults");
  }
}
