import { type ActionScope, NO_RESPONSE } from "./action-scope.js";
import { isStopReason, TIMED_OUT } from "./call-signal.js";
import type { SendFailure } from "./send.js";

/** Reports the rejection of `send`, and returns the next action. Throws the reason why the call ends. */
export function reportSendFailure(scope: ActionScope, rejection: unknown): number {
  if (isStopReason(rejection)) throw rejection;
  const { problem, error, hint } = rejection as SendFailure;
  const { secrets } = scope.context.state;
  const isTimeout = error === TIMED_OUT;
  const detail = isTimeout ? NO_RESPONSE : secrets.describe(error);
  scope.hint = hint;
  scope.cause = isTimeout ? undefined : secrets.redact(error);
  return scope.call.report("sendFailed", problem, detail);
}
