// The actions that get a token: a request to the token endpoint, or the user's function.

import { type ActionScope, NO_RESPONSE } from "./action-scope.js";
import { typeName } from "./arguments.js";
import { isStopReason, TIMED_OUT } from "./call-signal.js";
import { type HttpResponse, readHeader, send, type SendLimits } from "./send.js";
import { reportSendFailure } from "./send-failure.js";
import { withTimeout } from "./with-timeout.js";

const MAX_TOKEN_BODY_BYTES = 64 * 1024;

const HEADERS = { "content-type": "application/x-www-form-urlencoded" };

/** Requests a token, and returns the next action. */
export async function requestToken(scope: ActionScope, timeoutMs: number): Promise<number> {
  const { call, context, signal } = scope;
  const { state, settings, defaults } = context;
  const body = call.read("tokenRequestBody");
  state.secrets.add(new URLSearchParams(body).get("client_secret"));
  const request = { method: "POST", url: state.identity.tokenUrl as string, headers: { ...HEADERS }, body };
  const limits: SendLimits = { timeoutMs, maxBytes: MAX_TOKEN_BODY_BYTES, maxErrorBytes: MAX_TOKEN_BODY_BYTES };
  let response: HttpResponse;
  try {
    response = await send(request, limits, settings.fetch, defaults.fetchOptions, signal);
  } catch (error) {
    return reportSendFailure(scope, error);
  }
  scope.cause = undefined;
  const { status, headers, text } = response;
  const [retryAfter, debugId] = ["retry-after", "x-debug-id"].map((name) => readHeader(headers, name));
  return call.report("respond", status, undefined, retryAfter, debugId, text);
}

/** Calls the option `accessToken`, and returns the next action. */
export async function callTokenFunction(scope: ActionScope, timeoutMs: number): Promise<number> {
  const { call, context, signal } = scope;
  const { secrets } = context.state;
  let token: string;
  try {
    token = await withTimeout(signal, timeoutMs, async () => {
      const value: unknown = await context.settings.accessToken?.();
      if (typeof value !== "string") throw new TypeError(`accessToken returned ${typeName(value)} instead of a string`);
      return value;
    });
  } catch (error) {
    if (isStopReason(error)) throw error;
    const isTimeout = error === TIMED_OUT;
    const detail = isTimeout ? NO_RESPONSE : secrets.describe(error);
    scope.cause = isTimeout ? undefined : secrets.redact(error);
    return call.report("callbackFailed", isTimeout, detail);
  }
  secrets.add(token);
  scope.cause = undefined;
  return call.report("tokenReturned", token);
}
