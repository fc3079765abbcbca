import { readText } from "./body.js";
import { Aborted, type CallSignal, TimedOut } from "./call-signal.js";
import { connectErrorKind } from "./connect-error.js";
import { invalidResponse } from "./invalid-response.js";
import type { Fetch, FetchInit, Signal } from "./platform.js";
import type { Secrets } from "./secrets.js";
import { withTimeout } from "./with-timeout.js";

/** An HTTP request of the core. */
export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
  timeoutMs: number;
  /** Maximum size of the body of a 2xx response. */
  maxBytes: number;
  /** Maximum size of the body of any other response. */
  maxFailureBytes: number;
}

/** The result of a step for the core, and the original error for `cause`. */
export interface StepResult {
  outcome: object;
  body: string;
  error?: unknown;
}

/** The response headers that the core uses. */
const HEADERS = ["x-request-id", "retry-after", "x-debug-id"];

/** Sends one request within its time and size limits. Rejects only with {@link Aborted}. */
export async function send(
  request: Request,
  fetch: Fetch | undefined,
  callSignal: CallSignal,
  secrets: Secrets,
): Promise<StepResult> {
  rememberSecrets(secrets, request);
  const attempt = new Attempt(request);
  try {
    return await withTimeout(callSignal, request.timeoutMs, (signal) => attempt.run(fetch, signal));
  } catch (error) {
    return failedResult(error, attempt.problem, secrets);
  }
}

/** The step result for an error. Rethrows {@link Aborted}, which ends the call. */
export function failedResult(error: unknown, problem: string, secrets: Secrets): StepResult {
  if (error instanceof Aborted) throw error;
  if (error instanceof TimedOut) {
    return { outcome: { problem: "timeout", detail: "no response within the time limit" }, body: "" };
  }
  return { outcome: { problem, detail: secrets.describe(error) }, body: "", error: secrets.redact(error) };
}

/** Remembers the token or the client secret of a request, because an error of the platform may quote it. */
function rememberSecrets(secrets: Secrets, { headers, body = "" }: Request): void {
  // A request without a token is a token request, whose body is a form.
  secrets.add(headers.find(isAuthorization)?.[1].slice("Bearer ".length) ?? new URLSearchParams(body).get("client_secret"));
}

export function isAuthorization([name]: readonly [string, string]): boolean {
  return name.toLowerCase() === "authorization";
}

class Attempt {
  /** The problem to report if the attempt fails now. */
  problem: "buildRequest" | "connect" | "certificate" | "disconnected" = "buildRequest";
  #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  async run(custom: Fetch | undefined, signal: AbortSignal): Promise<StepResult> {
    const { url, maxBytes, maxFailureBytes } = this.#request;
    // Read the global for each request, so that tests can replace it. Browsers and workerd require a call without `this`.
    const fetch = custom ?? (globalThis.fetch as unknown as Fetch);
    const init = this.#init(signal);
    const pending = fetch(url, init);
    this.problem = "disconnected";
    let response: unknown;
    try {
      response = await pending;
    } catch (error) {
      if (!isSendable(url, init)) this.problem = "buildRequest";
      else this.problem = connectErrorKind(error) ?? this.problem;
      throw error;
    }
    if (typeof response !== "object" || response === null) throw invalidResponse("fetch returned no response");

    const { status, type } = response as { status: number; type?: unknown };
    // An unfollowed redirect: browsers hide its status.
    if (type === "opaqueredirect") return { outcome: { status: 302, headers: {} }, body: "" };
    if (type === "error") throw new TypeError("fetch returned a network error");
    // The core panics on an invalid status.
    if (!Number.isInteger(status) || status < 100 || status > 999) throw invalidResponse("the response has no valid status");
    const isSuccess = status >= 200 && status < 300;
    const body = await readText(response, isSuccess ? maxBytes : maxFailureBytes, signal);
    const outcome = { status, headers: usedHeaders(response), ...(body === undefined && { tooLong: true }) };
    return { outcome, body: body ?? "" };
  }

  #init(signal: AbortSignal): FetchInit {
    const { method, headers, body } = this.#request;
    // No `cache` and no `credentials`: workerd rejects both, whatever their value.
    return {
      method,
      headers: Object.fromEntries(headers),
      ...(body !== undefined && { body }),
      redirect: "manual",
      signal: signal as Signal,
    };
  }
}

/** Whether a rejection can come from the network. `fetch` rejects an invalid request with the same kind of error. */
function isSendable(url: string, init: FetchInit): boolean {
  try {
    new URL(url);
    new Headers(init.headers);
    return true;
  } catch {
    return false;
  }
}

function usedHeaders(response: object): Record<string, string> {
  const { headers } = response as { headers?: unknown };
  const pairs = HEADERS.map((name) => [name, readHeader(headers, name)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

function readHeader(headers: unknown, name: string): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  return typeof get === "function" ? get.call(headers, name) : (headers as Record<string, unknown>)[name];
}
