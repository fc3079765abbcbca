import { DISCONNECTED, INVALID_REQUEST, REFUSED, TIMEOUT } from "./actions.js";
import type { ResponseHeaders } from "./api-call.js";
import { type BodyReading, readText } from "./body.js";
import { type CallSignal, TIMED_OUT } from "./call-signal.js";
import { ownMessage, readProperty } from "./error-message.js";
import { fetchProblem } from "./fetch-problem.js";
import { ignoreErrors } from "./ignore-errors.js";
import { invalidResponse } from "./invalid-response.js";
import type { Fetch, FetchInit, Signal } from "./platform.js";
import { withTimeout } from "./with-timeout.js";

/** A request with all its headers. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Limits of one request. */
export interface SendLimits {
  readonly timeoutMs: number;
  /** Maximum size of the body of a 2xx response. */
  readonly maxBytes: number;
  /** Maximum size of the body of any other response. */
  readonly maxErrorBytes: number;
}

/** A response with its body as text; no text if the body is too long. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string | undefined;
}

/** A request without a usable response: one of the problems in actions.ts, and its cause. */
export class SendFailure {
  constructor(
    readonly problem: number,
    readonly error: unknown,
    /** What to do, if that is known here. */
    readonly hint?: string,
  ) {}
}

/** Options of `fetch` that the caller passes through. */
export type FetchOptions = Readonly<Record<string, unknown>>;

const NO_HEADERS: ResponseHeaders = { get: () => null };

/** Sends one request within its limits. Rejects with a {@link SendFailure}, or with the reason why the call ends. */
export async function send(
  request: HttpRequest,
  limits: SendLimits,
  custom: Fetch | undefined,
  options: FetchOptions | undefined,
  callSignal: CallSignal,
): Promise<HttpResponse> {
  const controller = new AbortController();
  const reading: BodyReading = { isStopped: false };
  const stop = (): void => {
    reading.isStopped = true;
    ignoreErrors(() => controller.abort());
    reading.cancel?.();
  };
  try {
    const work = () => exchange(request, limits, custom, options, controller.signal as Signal, reading);
    return await withTimeout(callSignal, limits.timeoutMs, work, { onStop: stop });
  } catch (error) {
    throw error === TIMED_OUT ? new SendFailure(TIMEOUT, error) : error;
  }
}

async function exchange(
  { method, url, headers, body }: HttpRequest,
  { maxBytes, maxErrorBytes }: SendLimits,
  custom: Fetch | undefined,
  options: FetchOptions | undefined,
  signal: Signal,
  reading: BodyReading,
): Promise<HttpResponse> {
  // Read the global for each request, so that tests can replace it. Browsers and workerd require a call without `this`.
  const fetch = custom ?? (readProperty(globalThis, "fetch") as Fetch | undefined);
  if (typeof fetch !== "function") {
    throw new SendFailure(REFUSED, new TypeError("this environment has no global fetch"), "Pass the option `fetch`.");
  }
  // No `cache` and no `credentials`: workerd rejects both, whatever their value.
  const init: FetchInit = { ...options, method, headers, redirect: "manual", signal };
  if (body !== undefined) init.body = body;
  const response = await callFetch(fetch, url, init, custom === undefined);
  try {
    if (typeof response !== "object" || response === null) throw invalidResponse("fetch returned no response");
    const { status, type } = response as { status: number; type?: unknown };
    // An unfollowed redirect: browsers hide its status.
    if (type === "opaqueredirect") return { status: 302, headers: NO_HEADERS, text: "" };
    if (type === "error") throw new TypeError("fetch returned a network error");
    if (!Number.isInteger(status) || status < 100 || status > 999) throw invalidResponse("the response has no valid status");
    const text = await readText(response, isSuccess(status) ? maxBytes : maxErrorBytes, reading);
    return { status, headers: responseHeaders(response), text };
  } catch (error) {
    throw new SendFailure(DISCONNECTED, error);
  }
}

async function callFetch(fetch: Fetch, url: string, init: FetchInit, isGlobal: boolean): Promise<unknown> {
  let pending: unknown;
  try {
    pending = fetch(url, init);
  } catch (error) {
    throw new SendFailure(isInvalid(url, init) ? INVALID_REQUEST : REFUSED, error);
  }
  try {
    return await pending;
  } catch (error) {
    if (isInvalid(url, init)) throw new SendFailure(INVALID_REQUEST, error);
    throw new SendFailure(isGlobal && isRefusedInit(url, init, error) ? REFUSED : fetchProblem(error), error);
  }
}

/** Whether `fetch` rejects this request before it sends it. Its error is of the same kind as one of the network. */
function isInvalid(url: string, { headers }: FetchInit): boolean {
  return exceptionOf(() => (new URL(url), new Headers(headers))) !== undefined;
}

/**
 * Whether the global `fetch` has refused the options: then `Request` refuses them with the same message. The message decides, because
 * the `fetch` of Bun accepts options that its `Request` refuses.
 */
function isRefusedInit(url: string, init: FetchInit, error: unknown): boolean {
  const exception = typeof Request === "function" ? exceptionOf(() => new Request(url, init as RequestInit)) : undefined;
  return exception !== undefined && ownMessage(exception) === ownMessage(error);
}

function exceptionOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The headers of a response. A mock may have none, or an object with their values. */
function responseHeaders(response: object): ResponseHeaders {
  const { headers } = response as { headers?: unknown };
  if (typeof headers !== "object" || headers === null) return NO_HEADERS;
  if (typeof (headers as ResponseHeaders).get === "function") return headers as ResponseHeaders;
  return { get: (name) => (headers as Record<string, string | undefined>)[name] ?? null };
}

/** A header that is a string. The `get` of a mock may throw. */
export function readHeader(headers: ResponseHeaders, name: string): string | undefined {
  try {
    const value: unknown = headers.get(name);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
