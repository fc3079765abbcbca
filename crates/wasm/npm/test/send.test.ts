import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoAbortError, AjoConnectionError, AjoTimeoutError } from "../src/errors.js";
import { type StepOutcome, scriptedClient, rejection, asFetch, lastOutcome, never, done, sendStep, sleep, TOKEN } from "./support.js";

/** The outcome of one request, as the core receives it. */
async function sendOutcome(fetch: (url: string, init: any) => unknown, changes = {}): Promise<StepOutcome> {
  return lastOutcome(scriptedClient([sendStep(changes), done], { fetch: asFetch(fetch) }));
}

test("a request is sent, and the core gets status, headers and body", async () => {
  const seen: unknown[] = [];
  const outcome = await sendOutcome((url, init) => {
    const { signal, ...rest } = init;
    seen.push(url, rest, signal instanceof AbortSignal);
    return new Response('{"results":[]}', { status: 200, headers: { "X-Request-Id": "r1", "x-other": "no" } });
  });
  assert.deepEqual(seen, [
    "https://service.test/list/endpointConfigs",
    {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: "{}",
      redirect: "manual",
    },
    true,
  ]);
  assert.deepEqual(outcome, { status: 200, headers: { "x-request-id": "r1" }, body: '{"results":[]}' });
});

test("a request without a body has no body field", async () => {
  let init: object = {};
  await sendOutcome((_, options) => ((init = options), new Response("")), { method: "GET", body: undefined });
  assert.equal("body" in init, false);
});

test("fetch is called without this", async () => {
  let self: unknown = "unset";
  await sendOutcome(function (this: unknown) {
    self = this;
    return new Response("");
  });
  assert.equal(self, undefined);
});

test("the global fetch is read for each call", async () => {
  const client = scriptedClient([sendStep(), done]);
  const before = globalThis.fetch;
  globalThis.fetch = async () => new Response("mine");
  try {
    assert.equal((await lastOutcome(client)).body, "mine");
  } finally {
    globalThis.fetch = before;
  }
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
  for (const [name, shape, expected] of shapes) {
    const outcome = await sendOutcome(() => shape);
    assert.equal(outcome.body, expected, name);
    assert.equal(typeof outcome.status, "number", name);
  }
});

test("a character is split between two chunks", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of new TextEncoder().encode("ä€")) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  assert.equal((await sendOutcome(() => new Response(stream))).body, "ä€");
});

test("headers of real responses and mocks are read", async () => {
  for (const headers of [new Headers({ "retry-after": "3" }), new Map([["retry-after", "3"]]), { "retry-after": "3" }]) {
    assert.deepEqual((await sendOutcome(() => ({ status: 429, headers, text: () => "" }))).headers, { "retry-after": "3" });
  }
  assert.deepEqual((await sendOutcome(() => ({ status: 200, headers: null, text: () => "" }))).headers, {});
});

test("a body over the size limit is cancelled", async () => {
  let cancelled = false;
  let chunks = 0;
  const endless = (): ReadableStream =>
    new ReadableStream({
      pull: (controller) => {
        chunks += 1;
        controller.enqueue(new Uint8Array(60));
      },
      cancel: () => void (cancelled = true),
    });
  assert.deepEqual(await sendOutcome(() => new Response(endless())), { status: 200, headers: {}, tooLong: true, body: "" });
  assert.equal(cancelled, true);
  assert.ok(chunks < 5);
});

test("error bodies have their own limit, in bytes", async () => {
  const outcome = await sendOutcome(() => new Response("ä".repeat(6), { status: 500 }));
  assert.deepEqual([outcome.status, outcome.tooLong], [500, true]);
  assert.equal((await sendOutcome(() => ({ status: 500, text: () => "ä".repeat(6) }))).tooLong, true);
  assert.equal((await sendOutcome(() => ({ status: 500, text: () => "ä".repeat(5) }))).body, "ä".repeat(5));
});

test("an opaque redirect is 302", async () => {
  const hidden = { status: 0, type: "opaqueredirect", headers: new Headers(), body: null, text: async () => "" };
  assert.deepEqual(await sendOutcome(() => hidden), { status: 302, headers: {}, body: "" });
});

test("Response.error() is a lost connection", async () => {
  const outcome = await sendOutcome(() => Response.error());
  assert.deepEqual([outcome.problem, outcome.detail], ["disconnected", "fetch returned a network error"]);
});

test("errors before sending are connect errors", async () => {
  const coded = (code: string, syscall?: string): Error => Object.assign(new Error(code), { code, syscall });
  const refused = Object.assign(new AggregateError([new Error("connect ECONNREFUSED 127.0.0.1:1")], ""), { code: "ECONNREFUSED" });
  const cases: [Error, string][] = [
    [new TypeError("fetch failed", { cause: refused }), "connect"],
    [new TypeError("fetch failed", { cause: coded("ENOTFOUND", "getaddrinfo") }), "connect"],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_CONNECT_TIMEOUT") }), "connect"],
    [new TypeError("fetch failed", { cause: coded("DEPTH_ZERO_SELF_SIGNED_CERT") }), "certificate"],
    [new TypeError("fetch failed", { cause: coded("ERR_TLS_CERT_ALTNAME_INVALID") }), "certificate"],
    [new TypeError("error sending request for url (https://h/certificate): client error (Connect): invalid peer certificate: Expired"), "certificate"],
    [new TypeError("error sending request for url (https://h/certificate): client error (Connect): dns error"), "connect"],
    [new TypeError("fetch failed", { cause: coded("EHOSTUNREACH", "connect") }), "connect"],
    [new TypeError("fetch failed", { cause: coded("EHOSTUNREACH", "read") }), "disconnected"],
    [new TypeError("fetch failed", { cause: coded("ECONNRESET") }), "disconnected"],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_SOCKET") }), "disconnected"],
    [new TypeError("Failed to fetch"), "disconnected"],
    [new TypeError("error sending request for url (http://h/): client error (Connect): tcp connect error"), "connect"],
    [new TypeError("error sending request for url (http://h/): client error (SendRequest): closed"), "disconnected"],
    [Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" }), "connect"],
  ];
  for (const [error, problem] of cases) {
    assert.equal((await sendOutcome(() => Promise.reject(error))).problem, problem, String(error.cause ?? error));
  }
  const outcome = await sendOutcome(() => Promise.reject(cases[0]?.[0]));
  assert.equal(outcome.detail, "fetch failed: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1");
});

test("lone surrogates are escaped for the core", async () => {
  const outcome = await sendOutcome(() => Promise.reject(new Error("a \ud800 b \\ud800 c \udfff")));
  assert.equal(outcome.detail, "a \\u{d800} b \\ud800 c \\u{dfff}");
  // The cut would split the pair.
  const long = await sendOutcome(() => Promise.reject(new Error(`${"x".repeat(2001)}😀`)));
  assert.equal(long.detail, `${"x".repeat(1000)}…`);
  assert.deepEqual((await sendOutcome(() => ({ status: 200, headers: { "x-request-id": "\udc00😀" }, text: () => "" }))).headers, {
    "x-request-id": "\ufffd😀",
  });
});

test("a missing or failing cancel is ignored", async () => {
  const cancels = [undefined, null, () => {}, () => 5, () => Promise.reject(new Error("no")), () => { throw new Error("no"); }];
  for (const cancel of cancels) {
    const endless = { read: async () => (await sleep(1), { done: false, value: new Uint8Array(60) }), cancel };
    assert.equal((await sendOutcome(() => ({ status: 200, body: { getReader: () => endless } }))).tooLong, true, String(cancel));
    const silent = { read: never, cancel };
    assert.equal((await sendOutcome(() => ({ status: 200, body: { getReader: () => silent } }), { timeoutMs: 5 })).problem, "timeout");
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
    [{ status: 200, text: () => Promise.reject(new Error("cut")) }, "cut"],
    [undefined, "fetch returned no response"],
    ["text", "fetch returned no response"],
    [{}, "the response has no valid status"],
    ...[200.5, NaN, "200", 99, 1000, null].map((status): [unknown, string] => [{ status, text: () => "" }, "the response has no valid status"]),
    [{ status: 200, body: {} }, "the response body is neither a stream nor readable with text()"],
    [new Response(new ReadableStream({ start: (it: any) => (it.enqueue("text"), it.close()) })), ""],
  ];
  for (const [shape, detail] of shapes) {
    const outcome = await sendOutcome(() => shape);
    assert.equal(outcome.problem, "disconnected");
    if (detail !== "") assert.equal(outcome.detail, detail);
  }
  const used = new Response("once");
  await used.text();
  assert.equal((await sendOutcome(() => used)).problem, "disconnected");
});

test("an exception of fetch means that nothing was sent", async () => {
  const outcome = await sendOutcome(() => {
    throw new Error("boom");
  });
  assert.deepEqual([outcome.problem, outcome.detail], ["buildRequest", "boom"]);
});

test("an invalid header value is not quoted", async () => {
  const headers = [["Authorization", `Bearer ${TOKEN}\nx: y`]];
  const { ajo } = scriptedClient([sendStep({ headers: headers as never }), (outcome) => ({ failed: { kind: "buildRequest", code: "BUILD_REQUEST", message: outcome.detail ?? "" } })]);
  const error = await rejection(ajo.capping.list());
  assert.equal(error.code, "BUILD_REQUEST");
  assert.match(error.message, /header value/);
  assert.doesNotMatch(error.message + error.cause.stack + error.cause.message, new RegExp(TOKEN));
});

test("a timeout aborts the head and the body", async () => {
  let aborted = 0;
  const head = (_: string, { signal }: { signal: AbortSignal }): unknown => {
    signal.addEventListener("abort", () => (aborted += 1));
    return never();
  };
  assert.equal((await sendOutcome(head, { timeoutMs: 10 })).problem, "timeout");
  const body = (_: string, { signal }: { signal: AbortSignal }): unknown => {
    signal.addEventListener("abort", () => (aborted += 1));
    return new Response(new ReadableStream({ cancel: () => void (aborted += 1) }));
  };
  assert.equal((await sendOutcome(body, { timeoutMs: 10 })).problem, "timeout");
  await sleep();
  assert.equal(aborted, 3);
  assert.equal((await sendOutcome(() => ({ status: 200, text: never }), { timeoutMs: 10 })).problem, "timeout");
});

test("a timeout over the limit of setTimeout works", async () => {
  assert.equal((await sendOutcome(async () => (await sleep(), new Response("late")), { timeoutMs: 1e15 })).body, "late");
});

test("an error has the platform's error as its cause", async () => {
  const raw = new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
  const { ajo } = scriptedClient([sendStep(), { wait: 1 }, { failed: { kind: "connect", code: "CONNECT", message: "no connection", attempts: 1 } }], {
    fetch: asFetch(() => Promise.reject(raw)),
  });
  const error = await rejection(ajo.capping.list());
  assert.ok(error instanceof AjoConnectionError);
  assert.equal(error.cause, raw);
  assert.deepEqual([error.code, error.attempts, error.message], ["CONNECT", 1, "no connection"]);
});

test("a later response clears the cause", async () => {
  const responses = [() => Promise.reject(new Error("first")), () => new Response("no", { status: 500 })];
  const { ajo } = scriptedClient([sendStep(), { wait: 1 }, sendStep(), { failed: { kind: "deadlineExceeded", code: "DEADLINE_EXCEEDED", message: "m" } }], {
    fetch: asFetch(() => responses.shift()?.()),
  });
  const error = await rejection(ajo.capping.list());
  assert.ok(error instanceof AjoTimeoutError);
  assert.deepEqual([error.code, error.cause], ["DEADLINE_EXCEEDED", undefined]);
});

test("an abort ends a call in every phase", async () => {
  const phases: [string, any[], any][] = [
    ["head", [sendStep()], { fetch: never }],
    ["body", [sendStep()], { fetch: () => new Response(new ReadableStream({})) }],
    ["wait", [{ wait: 60_000 }], {}],
    ["store", [{ storeGet: { key: "k", timeoutMs: 60_000 } }], { tokenStore: { get: never, set: never } }],
    ["store set", [{ storeSet: { key: "k", value: "v", ttlSeconds: 1, timeoutMs: 60_000 } }], { tokenStore: { get: never, set: never } }],
    ["token", [{ token: { timeoutMs: 60_000 } }], { accessToken: never }],
  ];
  for (const [name, lines, options] of phases) {
    const { ajo, core } = scriptedClient(lines, options);
    const controller = new AbortController();
    const call = rejection(ajo.capping.list({ signal: controller.signal }));
    await sleep();
    const reason = new Error("enough");
    controller.abort(reason);
    const error = await call;
    assert.ok(error instanceof AjoAbortError, name);
    assert.deepEqual([error.code, error.operation, error.cause], ["ABORTED", "capping.list", reason], name);
    assert.deepEqual(core.cancelled, [1], name);
  }
});

test("an abort hints that create may have been processed", async () => {
  const token = sendStep({ headers: [["content-type", "application/x-www-form-urlencoded"]] });
  const cases: [any[], string, boolean][] = [
    [[sendStep()], "create", true],
    [[token], "create", false],
    [[{ wait: 60_000 }], "create", false],
    [[sendStep()], "update", false],
    [[sendStep()], "list", false],
  ];
  for (const [lines, verb, hinted] of cases) {
    const { ajo } = scriptedClient(lines, { fetch: never }) as any;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const call = rejection(verb === "create" ? ajo.capping.create({}, options) : verb === "list" ? ajo.capping.list(options) : ajo.capping.update("u", {}, options));
    await sleep();
    controller.abort();
    assert.equal((await call).hint !== undefined, hinted, `${verb} ${JSON.stringify(lines)}`);
  }
  // Aborted in an event, before the request is sent.
  const controller = new AbortController();
  const event = { type: "attempt", operation: "capping.create", attempt: 1, requestId: "r" } as const;
  const { ajo } = scriptedClient([{ ...sendStep(), events: [event] }], { onEvent: () => controller.abort() });
  assert.equal((await rejection(ajo.capping.create({} as any, { signal: controller.signal }))).hint, undefined);
});

test("an invalid response of a mock is not retryable", async () => {
  const failed = (outcome: StepOutcome): any => ({ failed: { kind: "disconnected", code: "DISCONNECTED", message: outcome.detail ?? "", hint: "try again later", retryable: true } });
  const errorOfMock = async (mock: any): Promise<any> => rejection(scriptedClient([sendStep(), failed], { fetch: asFetch(mock) }).ajo.capping.list());
  for (const shape of [undefined, {}, { status: 200, body: {} }, { status: 200, body: { getReader: () => ({ read: async () => ({ value: "text" }) }) } }]) {
    const error = await errorOfMock(() => shape);
    assert.equal(error.retryable, false);
    assert.equal(error.hint, undefined);
    assert.ok(error.cause instanceof TypeError);
  }
  for (const transient of [() => Promise.reject(new TypeError("fetch failed")), () => Response.error()]) {
    const error = await errorOfMock(transient);
    assert.deepEqual([error.retryable, error.hint], [true, "try again later"]);
  }
});

test("a late result does not disable the abort of the next step", async () => {
  const late = sendStep({ timeoutMs: 5 });
  const { ajo } = scriptedClient([late, { wait: 60_000 }], { fetch: asFetch(async () => (await sleep(20), new Response(""))) });
  const controller = new AbortController();
  const call = rejection(ajo.capping.list({ signal: controller.signal }));
  await sleep(40);
  controller.abort();
  assert.equal((await Promise.race([call, sleep(500)]))?.code, "ABORTED");
});

test("an aborted signal sends nothing", async () => {
  const { ajo, core } = scriptedClient([sendStep(), done], { fetch: asFetch(() => assert.fail("sent")) });
  const error = await rejection(ajo.capping.list({ signal: AbortSignal.abort() }));
  assert.ok(error instanceof AjoAbortError);
  assert.deepEqual([error.attempts, core.operations], [0, []]);
});

test("a call removes its abort listener", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: any[]) => (listeners++, (add as any)(...args));
  signal.removeEventListener = (...args: any[]) => (listeners--, (remove as any)(...args));
  const { ajo } = scriptedClient([sendStep(), done], { fetch: asFetch(() => new Response("")) });
  await ajo.capping.list({ signal });
  assert.equal(listeners, 0);
  const failing = scriptedClient([sendStep(), { failed: { kind: "api", code: "1451", message: "no" } }], { fetch: asFetch(() => new Response("")) });
  await rejection(failing.ajo.capping.list({ signal }));
  assert.equal(listeners, 0);
  controller.abort();
});

test("an abort in onEvent ends the call", async () => {
  const controller = new AbortController();
  const event = { type: "attempt", operation: "capping.list", attempt: 2, requestId: "r" } as const;
  const { ajo } = scriptedClient([{ ...sendStep(), events: [event] }, done], { onEvent: () => controller.abort() });
  const error = await rejection(ajo.capping.list({ signal: controller.signal }));
  assert.ok(error instanceof AjoAbortError);
  assert.equal(error.attempts, 2);
});

test("a late rejection is handled", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const late = async (): Promise<never> => (await sleep(20), Promise.reject(new Error("late")));
  assert.equal((await sendOutcome(late, { timeoutMs: 5 })).problem, "timeout");
  await sleep(40);
  process.off("unhandledRejection", listener);
  assert.deepEqual(rejected, []);
});
