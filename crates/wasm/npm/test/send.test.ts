import assert from "node:assert/strict";
import { test } from "node:test";
import { CERTIFICATE, CONNECT, DISCONNECTED, INVALID_REQUEST, REFUSED, TIMEOUT } from "../src/actions.js";
import { ABORTED, CallSignal } from "../src/call-signal.js";
import { errorMessage } from "../src/error-message.js";
import { type FetchOptions, type HttpResponse, readHeader, send, SendFailure } from "../src/send.js";
import { asFetch, never, rejection, sleep, TOKEN } from "./support.js";

const REQUEST = { method: "POST", url: "https://service.test/list", headers: { authorization: `Bearer ${TOKEN}` }, body: "{}" };
const LIMITS = { timeoutMs: 1000, maxBytes: 100, maxErrorBytes: 10 };

/** Sends a request with this `fetch`; the global one if it is undefined. */
function sendWith(fetch: unknown, changes: object = {}, options?: FetchOptions, signal = new CallSignal(undefined)): Promise<HttpResponse> {
  return send({ ...REQUEST, ...changes }, { ...LIMITS, ...changes }, fetch as any, options, signal);
}

/** The problem of a request with this `fetch`, and the message of its error. */
async function problemWith(fetch: unknown, changes: object = {}, options?: FetchOptions): Promise<[problem: number, message: string]> {
  const failure = await rejection(sendWith(fetch, changes, options));
  assert.ok(failure instanceof SendFailure, String(failure));
  return [failure.problem, errorMessage(failure.error)];
}

/** Runs `work` while a global has another value. */
async function withGlobal<T>(name: string, value: unknown, work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    return await work();
  } finally {
    Object.defineProperty(globalThis, name, before);
  }
}

test("a request is sent with its options", async () => {
  const seen: unknown[] = [];
  const mock = asFetch((url, init) => {
    const { signal, ...rest } = init;
    seen.push(url, rest, signal instanceof AbortSignal);
    return new Response("text", { headers: { "X-Request-Id": "r1" } });
  });
  const response = await sendWith(mock, {}, { keepalive: true, method: "GET", redirect: "follow" });
  const init = { method: "POST", headers: REQUEST.headers, body: "{}", redirect: "manual", keepalive: true };
  assert.deepEqual(seen, [REQUEST.url, init, true]);
  assert.deepEqual([response.status, response.text, readHeader(response.headers, "x-request-id")], [200, "text", "r1"]);
});

test("a request without a body has no body field", async () => {
  let init: object = {};
  await sendWith(asFetch((_, options) => ((init = options), new Response(""))), { method: "GET", body: undefined });
  assert.equal("body" in init, false);
});

test("fetch is called without this", async () => {
  let self: unknown = "unset";
  await sendWith(function (this: unknown) {
    self = this;
    return new Response("");
  });
  assert.equal(self, undefined);
});

test("the global fetch is read for each request", async () => {
  const response = await withGlobal("fetch", async () => new Response("mine"), () => sendWith(undefined));
  assert.equal(response.text, "mine");
});

test("bodies of real responses and mocks are read", async () => {
  const shapes: [string, unknown, string][] = [
    ["a response", new Response("text"), "text"],
    ["a response without a body", new Response(), ""],
    ["204", new Response(null, { status: 204 }), ""],
    ["text() only", { status: 200, text: async () => "text" }, "text"],
    ["synchronous text()", { status: 200, text: () => "text" }, "text"],
    ["json() only", { status: 200, json: async () => ({ a: 1 }) }, '{"a":1}'],
    ["a Node.js stream and text()", { status: 200, body: { pipe() {} }, text: async () => "text" }, "text"],
    ["only a status", { status: 200 }, ""],
    ["several chunks", new Response(new Blob(["ä", "ö"]).stream()), "äö"],
  ];
  for (const [name, shape, expected] of shapes) assert.equal((await sendWith(() => shape)).text, expected, name);
});

test("a character is split between two chunks", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of new TextEncoder().encode("ä€")) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  assert.equal((await sendWith(() => new Response(stream))).text, "ä€");
});

test("headers of real responses and mocks are read", async () => {
  const retryAfter = async (headers: unknown): Promise<unknown> => {
    const response = await sendWith(() => ({ status: 429, headers, text: () => "" }));
    return readHeader(response.headers, "retry-after");
  };
  for (const headers of [new Headers({ "retry-after": "3" }), new Map([["retry-after", "3"]]), { "retry-after": "3" }]) {
    assert.equal(await retryAfter(headers), "3");
  }
  for (const headers of [null, undefined, 5, {}, { "retry-after": 3 }]) assert.equal(await retryAfter(headers), undefined);
});

test("a body over the size limit is cancelled", async () => {
  let cancelled = false;
  let chunks = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      chunks += 1;
      controller.enqueue(new Uint8Array(60));
    },
    cancel: () => void (cancelled = true),
  });
  const { status, text } = await sendWith(() => new Response(endless));
  assert.deepEqual([status, text, cancelled], [200, undefined, true]);
  assert.ok(chunks < 5);
});

test("error bodies have their own limit, in bytes", async () => {
  const text = async (response: unknown): Promise<unknown> => (await sendWith(() => response)).text;
  assert.equal(await text(new Response("ä".repeat(6), { status: 500 })), undefined);
  assert.equal(await text({ status: 500, text: () => "ä".repeat(6) }), undefined);
  assert.equal(await text({ status: 500, text: () => "ä".repeat(5) }), "ä".repeat(5));
});

test("an opaque redirect is 302", async () => {
  const hidden = { status: 0, type: "opaqueredirect", headers: new Headers(), body: null, text: async () => "" };
  const { status, text } = await sendWith(() => hidden);
  assert.deepEqual([status, text], [302, ""]);
});

test("errors before sending are connect errors", async () => {
  const coded = (code: string, syscall?: string): Error => Object.assign(new Error(code), { code, syscall });
  const refused = Object.assign(new AggregateError([new Error("connect ECONNREFUSED 127.0.0.1:1")], ""), { code: "ECONNREFUSED" });
  const cases: [Error, number][] = [
    [new TypeError("fetch failed", { cause: refused }), CONNECT],
    [new TypeError("fetch failed", { cause: coded("ENOTFOUND", "getaddrinfo") }), CONNECT],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_CONNECT_TIMEOUT") }), CONNECT],
    [new TypeError("fetch failed", { cause: coded("DEPTH_ZERO_SELF_SIGNED_CERT") }), CERTIFICATE],
    [new TypeError("fetch failed", { cause: coded("ERR_TLS_CERT_ALTNAME_INVALID") }), CERTIFICATE],
    [new TypeError("error sending request for url (https://h/certificate): client error (Connect): invalid peer certificate: Expired"), CERTIFICATE],
    [new TypeError("error sending request for url (https://h/certificate): client error (Connect): dns error"), CONNECT],
    [new TypeError("fetch failed", { cause: coded("EHOSTUNREACH", "connect") }), CONNECT],
    [new TypeError("fetch failed", { cause: coded("EHOSTUNREACH", "read") }), DISCONNECTED],
    [new TypeError("fetch failed", { cause: coded("ECONNRESET") }), DISCONNECTED],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_SOCKET") }), DISCONNECTED],
    [new TypeError("Failed to fetch"), DISCONNECTED],
    [new TypeError("error sending request for url (http://h/): client error (Connect): tcp connect error"), CONNECT],
    [new TypeError("error sending request for url (http://h/): client error (SendRequest): closed"), DISCONNECTED],
    [Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" }), CONNECT],
  ];
  for (const [error, problem] of cases) {
    assert.equal((await problemWith(() => Promise.reject(error)))[0], problem, String(error.cause ?? error));
  }
  const [, message] = await problemWith(() => Promise.reject(cases[0]?.[0]));
  assert.equal(message, "fetch failed: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1");
});

test("errors of mocks and permissions are refusals", async () => {
  const named = (name: string, message = "m"): Error => Object.assign(new Error(message), { name });
  const coded = (code: string, name = "Error"): Error => Object.assign(new Error("m"), { code, name });
  const wrapped = (cause: unknown): Error => new TypeError("fetch failed", { cause });
  const cases: [string, unknown][] = [
    ["Deno without --allow-net", named("NotCapable", 'Requires net access to "h:443", run again with the --allow-net flag')],
    ["Deno 1", named("PermissionDenied")],
    ["Node.js with --permission", wrapped(coded("ERR_ACCESS_DENIED"))],
    ["MockAgent of undici", wrapped(coded("UND_MOCK_ERR_MOCK_NOT_MATCHED", "MockNotMatchedError"))],
    ["an invalid option of undici", wrapped(coded("UND_ERR_INVALID_ARG", "InvalidArgumentError"))],
    ["nock, with the code of a network error", wrapped(coded("ENETUNREACH", "NetConnectNotAllowedError"))],
    ["nock without a match", wrapped(coded("ERR_NOCK_NO_MATCH"))],
    ["MSW", new TypeError("Failed to fetch", { cause: named("InternalError", '[MSW] Cannot bypass a request when using the "error" strategy') })],
    ["a signal of another realm", new TypeError('RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.')],
    ["a signal of another realm in Bun", new TypeError("signal is not of type AbortSignal.")],
    ["node-fetch", new TypeError("Expected signal to be an instanceof AbortSignal")],
    ["Chromium", new TypeError("Failed to execute 'fetch' on 'Window': Failed to read the 'mode' property from 'RequestInit'")],
    ["Firefox", new TypeError("Window.fetch: 'x' (value of 'mode' member of RequestInit) is not a valid value for enumeration RequestMode.")],
    ["Firefox in a Web Worker", new TypeError("WorkerGlobalScope.fetch: 'x' (value of 'mode' member of RequestInit) is not a valid value for enumeration RequestMode.")],
    ["undici's Request", new TypeError("Request constructor: 'x' is not a valid value of 'mode'")],
    ["workerd over its limit of requests", new Error("Too many subrequests by single Worker invocation.")],
    ["a blocked port", wrapped(new Error("bad port"))],
    ["a blocked port in Deno", new TypeError("Fetch failed: Requests to port 6000 are blocked")],
    ["workerd in the global scope", new Error("Disallowed operation called within global scope. Asynchronous I/O is not allowed")],
  ];
  for (const [name, error] of cases) {
    assert.equal((await problemWith(() => Promise.reject(error)))[0], REFUSED, name);
  }
  const network = ["Failed to fetch", "client.fetch: lost", "NetworkError when attempting to fetch resource.", "Load failed", "Network connection lost.", "bad portal"];
  for (const message of network) assert.equal((await problemWith(() => Promise.reject(new TypeError(message))))[0], DISCONNECTED, message);
});

test("the global fetch refuses invalid requests", async () => {
  const port = await problemWith(undefined, { url: "http://127.0.0.1:6000/" });
  assert.deepEqual(port, [REFUSED, "fetch failed: bad port"]);
  for (const options of [{ mode: "nonsense" }, { duplex: "full" }, { dispatcher: 5 }, { cache: "only-if-cached" }]) {
    assert.equal((await problemWith(undefined, { url: "http://127.0.0.1:1/" }, options))[0], REFUSED, JSON.stringify(options));
  }
  const foreign = class {
    signal = Object.assign(new EventTarget(), { aborted: false, constructor: undefined });
    abort(): void {}
  };
  const [problem] = await withGlobal("AbortController", foreign, () => problemWith(undefined, { url: "http://127.0.0.1:1/" }));
  assert.equal(problem, REFUSED);
});

test("options that only Request refuses are not judged", async () => {
  const lost = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  // As in Bun, whose fetch ignores `mode`.
  const bun = (): Promise<never> => Promise.reject(lost);
  assert.equal((await withGlobal("fetch", bun, () => problemWith(undefined, {}, { mode: "nonsense" })))[0], DISCONNECTED);
  assert.equal((await problemWith(() => Promise.reject(lost), {}, { mode: "an option that only this fetch has" }))[0], DISCONNECTED);
});

test("a missing fetch is a refusal with its own hint", async () => {
  for (const value of [undefined, null, {}]) {
    const failure = await withGlobal("fetch", value, () => rejection(sendWith(undefined)));
    assert.deepEqual([failure.problem, failure.hint], [REFUSED, "Pass the option `fetch`."]);
    assert.match(failure.error.message, /no global fetch/);
  }
});

test("an exception of fetch means that nothing was sent", async () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  assert.deepEqual(await problemWith(boom), [REFUSED, "boom"]);
});

test("an invalid header or URL is reported", async () => {
  const [problem, message] = await problemWith(undefined, { headers: { a: "b\nc" } });
  assert.equal(problem, INVALID_REQUEST);
  assert.match(message, /header value/);
  assert.equal((await problemWith(undefined, { url: "not a URL" }))[0], INVALID_REQUEST);
});

test("an error message has no lone surrogates", async () => {
  const message = async (text: string): Promise<string> => (await problemWith(() => Promise.reject(new Error(text))))[1];
  assert.equal(await message("a \ud800 b \\ud800 c \udfff"), "a \\u{d800} b \\ud800 c \\u{dfff}");
  // The cut would split the pair.
  assert.equal(await message(`${"x".repeat(2001)}😀`), `${"x".repeat(1000)}…`);
});

test("a missing or failing cancel is ignored", async () => {
  const cancels = [undefined, null, () => {}, () => 5, () => Promise.reject(new Error("no")), () => { throw new Error("no"); }];
  for (const cancel of cancels) {
    const endless = { read: async () => (await sleep(1), { done: false, value: new Uint8Array(60) }), cancel };
    assert.equal((await sendWith(() => ({ status: 200, body: { getReader: () => endless } }))).text, undefined, String(cancel));
    const silent = { read: never, cancel };
    assert.equal((await problemWith(() => ({ status: 200, body: { getReader: () => silent } }), { timeoutMs: 5 }))[0], TIMEOUT);
  }
  // An unhandled rejection would end the process.
  await sleep();
});

test("an invalid response is a lost connection", async () => {
  const cut = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Uint8Array.of(123));
      controller.error(new TypeError("terminated"));
    },
  });
  const shapes: [unknown, string][] = [
    [new Response(cut), "terminated"],
    [Response.error(), "fetch returned a network error"],
    [{ status: 200, text: () => Promise.reject(new Error("cut")) }, "cut"],
    [undefined, "fetch returned no response"],
    ["text", "fetch returned no response"],
    [{}, "the response has no valid status"],
    ...[200.5, NaN, "200", 99, 1000, null].map((status): [unknown, string] => [{ status, text: () => "" }, "the response has no valid status"]),
    [{ status: 200, body: {} }, "the response body is neither a stream nor readable with text()"],
    [new Response(new ReadableStream({ start: (it: any) => (it.enqueue("text"), it.close()) })), ""],
  ];
  for (const [shape, message] of shapes) {
    const [problem, actual] = await problemWith(() => shape);
    assert.equal(problem, DISCONNECTED);
    if (message !== "") assert.equal(actual, message);
  }
  const used = new Response("once");
  await used.text();
  assert.equal((await problemWith(() => used))[0], DISCONNECTED);
});

test("a timeout aborts the head and the body", async () => {
  let aborted = 0;
  const head = asFetch((_, { signal }) => {
    signal.addEventListener("abort", () => (aborted += 1));
    return never();
  });
  assert.equal((await problemWith(head, { timeoutMs: 10 }))[0], TIMEOUT);
  const body = asFetch((_, { signal }) => {
    signal.addEventListener("abort", () => (aborted += 1));
    return new Response(new ReadableStream({ cancel: () => void (aborted += 1) }));
  });
  assert.equal((await problemWith(body, { timeoutMs: 10 }))[0], TIMEOUT);
  await sleep();
  assert.equal(aborted, 3);
  assert.equal((await problemWith(() => ({ status: 200, text: never }), { timeoutMs: 10 }))[0], TIMEOUT);
});

test("a timeout over the limit of setTimeout works", async () => {
  assert.equal((await sendWith(async () => (await sleep(), new Response("late")), { timeoutMs: 1e15 })).text, "late");
});

test("an abort of the caller ends a request", async () => {
  const controller = new AbortController();
  const signal = new CallSignal(controller.signal);
  let inner: AbortSignal | undefined;
  const pending = rejection(sendWith(asFetch((_, init) => ((inner = init.signal), never())), {}, undefined, signal));
  controller.abort();
  assert.equal(await pending, ABORTED);
  assert.equal(inner?.aborted, true);
});

test("a late rejection is handled", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const late = async (): Promise<never> => (await sleep(20), Promise.reject(new Error("late")));
  assert.equal((await problemWith(late, { timeoutMs: 5 }))[0], TIMEOUT);
  await sleep(40);
  process.off("unhandledRejection", listener);
  assert.deepEqual(rejected, []);
});
