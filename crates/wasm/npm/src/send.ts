import { bounded } from "./bounded.js";
import { readText } from "./body.js";
import { Aborted, type Interrupt, OutOfTime } from "./interrupt.js";
import { misfit } from "./misfit.js";
import type { Fetch, FetchInit, Signal } from "./platform.js";
import type { Secrets } from "./secrets.js";
import { unsentProblem } from "./unsent.js";

/** One request, as the core wants it sent. */
export interface Request {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
  timeoutMs: number;
  /** Most bytes of the body of an answer with a 2xx status. */
  maxBytes: number;
  /** Most bytes of the body of any other answer. */
  maxFailureBytes: number;
}

/** What came of it, for the core, and the platform's error, for `cause`. */
export interface Sent {
  answer: object;
  body: string;
  error?: unknown;
}

/** The headers of an answer that mean something to the core. */
const HEADERS = ["x-request-id", "retry-after", "x-debug-id"];

/** Sends one request, within its time and the bounds of its answer. Rejects only with {@link Aborted}. */
export async function send(
  request: Request,
  fetch: Fetch | undefined,
  interrupt: Interrupt,
  secrets: Secrets,
): Promise<Sent> {
  learn(secrets, request);
  const attempt = new Attempt(request);
  try {
    return await bounded(interrupt, request.timeoutMs, (signal) => attempt.run(fetch, signal));
  } catch (error) {
    return problemOf(error, attempt.phase, secrets);
  }
}

/** What the core is told of a failure; {@link Aborted} is none, and goes on to whoever called. */
export function problemOf(error: unknown, problem: string, secrets: Secrets): Sent {
  if (error instanceof Aborted) throw error;
  if (error instanceof OutOfTime) {
    return { answer: { problem: "timeout", detail: "no answer within the time limit" }, body: "" };
  }
  return { answer: { problem, detail: secrets.describe(error) }, body: "", error: secrets.clean(error) };
}

/** What a platform's error may repeat of a request: the access token, or the client's secret. */
function learn(secrets: Secrets, { headers, body = "" }: Request): void {
  // Without a token it is the form that asks for one.
  secrets.add(headers.find(isAuthorization)?.[1].slice("Bearer ".length) ?? new URLSearchParams(body).get("client_secret"));
}

/** Whether a header of a request holds the access token. */
export function isAuthorization([name]: readonly [string, string]): boolean {
  return name.toLowerCase() === "authorization";
}

class Attempt {
  /** What a failure would mean now. */
  phase: "request" | "connect" | "certificate" | "broken" = "request";
  #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  async run(custom: Fetch | undefined, signal: AbortSignal): Promise<Sent> {
    const { url, maxBytes, maxFailureBytes } = this.#request;
    // Looked up for each request, so that a test may replace it; called without `this`, which workerd and browsers insist on.
    const fetch = custom ?? (globalThis.fetch as unknown as Fetch);
    const init = this.#init(signal);
    const pending = fetch(url, init);
    this.phase = "broken";
    let response: unknown;
    try {
      response = await pending;
    } catch (error) {
      if (!isSendable(url, init)) this.phase = "request";
      else this.phase = unsentProblem(error) ?? this.phase;
      throw error;
    }
    if (typeof response !== "object" || response === null) throw misfit("fetch gave no response");

    const { status, type } = response as { status: number; type?: unknown };
    // A redirect that is not followed: a browser does not even tell its status.
    if (type === "opaqueredirect") return { answer: { status: 302, headers: {} }, body: "" };
    if (type === "error") throw new TypeError("fetch gave a network error");
    // The core takes what is no status for a mistake of this package.
    if (!Number.isInteger(status) || status < 100 || status > 999) throw misfit("the response has no status");
    const good = status >= 200 && status < 300;
    const body = await readText(response, good ? maxBytes : maxFailureBytes, signal);
    const answer = { status, headers: headersOf(response), ...(body === undefined && { tooLong: true }) };
    return { answer, body: body ?? "" };
  }

  #init(signal: AbortSignal): FetchInit {
    const { method, headers, body } = this.#request;
    // No `body` without one, and no `cache` or `credentials`: workerd refuses those, whatever their value.
    return {
      method,
      headers: Object.fromEntries(headers),
      ...(body !== undefined && { body }),
      redirect: "manual",
      signal: signal as Signal,
    };
  }
}

/** Whether a rejection can come from the network: `fetch` also rejects, with the same kind of error, what it cannot send. */
function isSendable(url: string, init: FetchInit): boolean {
  try {
    new URL(url);
    new Headers(init.headers);
    return true;
  } catch {
    return false;
  }
}

function headersOf(response: object): Record<string, string> {
  const { headers } = response as { headers?: unknown };
  const found = HEADERS.map((name) => [name, header(headers, name)] as const);
  return Object.fromEntries(found.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

function header(headers: unknown, name: string): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  return typeof get === "function" ? get.call(headers, name) : (headers as Record<string, unknown>)[name];
}
