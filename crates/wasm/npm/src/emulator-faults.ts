import type { Control } from "./emulator-control.js";
import type { OperationId } from "./generated/operations.js";

/** An operation: `"capping.create"`. */
export type EmulatorOperation = OperationId;

/** A verb of the two APIs, as the emulator writes it. */
export type EmulatorVerb = OperationId extends `${string}.${infer Verb}` ? Verb : never;

/** Where a fault strikes: everywhere, at the token host, or at an operation with `*` for either part. */
export type FaultTarget = "*" | "token" | `${"capping" | "throttling" | "*"}.${EmulatorVerb | "*"}`;

/** How often it strikes. A probability is from 0 to 1, and decided by the emulator's seed. */
export type FaultWhen = "always" | `first:${number}` | `every:${number}` | `probability:${number}`;

/** What happens. docs/emulator.md says what each does, and whether the call is processed. */
export type FaultEffect =
  /** The gateway's answer with this code, such as `gateway:429050`; the service's, such as `service:1463`. */
  | `${"gateway" | "service"}:${string}`
  /** The token host's answer of this name, such as `ims:invalid_scope`. */
  | `ims:${string}`
  /** This status without a body, with a proxy's page, or with the body of another platform service. */
  | `${"status" | "html" | "problem"}:${number}`
  /** 429 with `Retry-After`, in whole seconds. */
  | `busy:${number}`
  /** Later, in milliseconds of real time: `delay:250`, `delay:uniform:100-400`, `delay:lognormal:200:0.5` (median, sigma). */
  | `delay:${string}`
  /** `fetch` rejects: nothing was processed, or (`drop_after`) it was and the answer is lost. */
  | "drop_before"
  | "reset"
  | "drop_after"
  /** Processed, and answered with this status by a gateway that lost the answer. */
  | `lost:${number}`
  /** Processed; the body breaks after half of it, or is rubbish. */
  | "half_body"
  | "garbage";

/** A fault. */
export interface Fault {
  /** Where it strikes. */
  at: FaultTarget;
  /** How often; `always` unless told otherwise. */
  when?: FaultWhen;
  /** What happens. */
  fault: FaultEffect;
}

/** The faults that are set. The first that is set and due strikes. */
export class Faults {
  readonly #control: Control;

  /** @internal */
  constructor(control: Control) {
    this.#control = control;
  }

  /**
   * Sets one, after those that are set already, and gives all of them.
   *
   * @throws EmulatorError `REFUSED` for a name that is not known, with those that are, and when 100 are set already.
   */
  set(fault: Fault): Required<Fault>[] {
    return this.#control.ask<{ faults: Required<Fault>[] }>("POST", "/faults", fault).faults;
  }

  /** Those that are set. */
  list(): Required<Fault>[] {
    return this.#control.ask<{ faults: Required<Fault>[] }>("GET", "/faults").faults;
  }

  /** Takes all of them away. */
  clear(): void {
    this.#control.ask("DELETE", "/faults");
  }
}
