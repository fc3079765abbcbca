import { type ActionScope, TIMED_OUT } from "./action-scope.js";
import { TimedOut } from "./call-signal.js";
import { SendFailure } from "./send.js";

/** Reports that a request got no response, and returns the next action. Rethrows any other error, such as `Aborted`. */
export function reportSendFailure(scope: ActionScope, error: unknown): number {
  if (!(error instanceof SendFailure)) throw error;
  const { secrets } = scope.context.state;
  const isTimeout = error.error instanceof TimedOut;
  const detail = isTimeout ? TIMED_OUT : secrets.describe(error.error);
  scope.hint = error.hint;
  scope.cause = isTimeout ? undefined : secrets.redact(error.error);
  return scope.call.report("sendFailed", error.problem, detail);
}
