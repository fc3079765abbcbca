import type { CallContext } from "./call-context.js";
import type { CallSignal } from "./call-signal.js";
import type { CallProgress } from "./events.js";
import type { ModuleCall } from "./module-call.js";

/** The context for an action of a call. */
export interface ActionScope {
  readonly context: CallContext;
  readonly call: ModuleCall;
  readonly signal: CallSignal;
  readonly progress: CallProgress;
  /** The error of the last action, for the `cause` of the call's error. */
  cause: unknown;
  /** The hint of the last failed request, if it has its own. */
  hint: string | undefined;
}

/** Details of an error for an action that timed out. */
export const NO_RESPONSE = "no response within the time limit";
