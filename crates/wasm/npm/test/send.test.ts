import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoAbortError, AjoConnectionError, AjoTimeoutError } from "../src/errors.js";
import { type Answer, clientOn, failure, fetching, lastTold, never, over, sending, soon, TOKEN } from "./support.js";

/** What the core is told of one request. */
async function told(fetch: (url: string, init: any) => unknown, changes = {}): Promise<Answer> {
  return lastTold(clientOn([sending(changes), over], { fetch: fetching(fetch) }));
}

test("a request is sent as the core says, and what matters of the answer comes back", async () => {
  const seen: unknown[] = [];
  const answer = await told((url, init) => {
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
  assert.deepEqual(answer, { status: 200, headers: { "x-request-id": "r1" }, body: '{"results":[]}' });
});

test("a request without a body has none", async () => {
  let init: object = {};
  await told((_, given) => ((init = given), new Response("")), { method: "GET", body: undefined });
  assert.equal("body" in init, false);
});

test("fetch is called without this", async () => {
  let self: unknown = "unset";
  await told(function (this: unknown) {
    self = this;
    return new Response("");
  });
  assert.equal(self, undefined);
});

test("the global fetch is looked up for each call", async () => {
  const client = clientOn([sending(), over]);
  const before = globalThis.fetch;
  globalThis.fetch = async () => new Response("mine");
  try {
    assert.equal((await lastTold(client)).body, "mine");
  } finally {
    globalThis.fetch = before;
  }
});

test("answers of many shapes are read", async () => {
  const shapes: [string, unknown, string][] = [
    ["a mocked answer", new Response("text"), "text"],
    ["a mocked answer without a body", new Response(), ""],
    ["204", new Response(null, { status: 204 }), ""],
    ["text() alone", { status: 200, text: async () => "text" }, "text"],
    ["text() that is not asynchronous", { status: 200, text: () => "text" }, "text"],
    ["json() alone", { status: 200, json: async () => ({ a: 1 }) }, '{"a":1}'],
    ["a Node.js stream and text()", { status: 200, body: { pipe() {} }, text: async () => "text" }, "text"],
    ["nothing at all", { status: 200 }, ""],
    ["several chunks", new Response(new Blob(["ä", "ö"]).stream()), "äö"],
  ];
  for (const [name, shape, expected] of shapes) {
    const answer = await told(() => shape);
    assert.equal(answer.body, expected, name);
    assert.equal(typeof answer.status, "number", name);
  }
});

test("a character may be cut between two chunks", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of new TextEncoder().encode("ä€")) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  assert.equal((await told(() => new Response(stream))).body, "ä€");
});

test("headers of many shapes are read", async () => {
  for (const headers of [new Headers({ "retry-after": "3" }), new Map([["retry-after", "3"]]), { "retry-after": "3" }]) {
    assert.deepEqual((await told(() => ({ status: 429, headers, text: () => "" }))).headers, { "retry-after": "3" });
  }
  assert.deepEqual((await told(() => ({ status: 200, headers: null, text: () => "" }))).headers, {});
});

test("a body longer than its bound is not read on", async () => {
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
  assert.deepEqual(await told(() => new Response(endless())), { status: 200, headers: {}, tooLong: true, body: "" });
  assert.equal(cancelled, true);
  assert.ok(chunks < 5);
});

test("the bound of a failure is its own, and counts bytes", async () => {
  const answer = await told(() => new Response("ä".repeat(6), { status: 500 }));
  assert.deepEqual([answer.status, answer.tooLong], [500, true]);
  assert.equal((await told(() => ({ status: 500, text: () => "ä".repeat(6) }))).tooLong, true);
  assert.equal((await told(() => ({ status: 500, text: () => "ä".repeat(5) }))).body, "ä".repeat(5));
});

test("a redirect that a browser hides is 302", async () => {
  const hidden = { status: 0, type: "opaqueredirect", headers: new Headers(), body: null, text: async () => "" };
  assert.deepEqual(await told(() => hidden), { status: 302, headers: {}, body: "" });
});

test("a response that is only an error of the network is broken", async () => {
  const answer = await told(() => Response.error());
  assert.deepEqual([answer.problem, answer.detail], ["broken", "fetch gave a network error"]);
});

test("what provably was not sent is a connection, with its whole chain", async () => {
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
    [new TypeError("fetch failed", { cause: coded("EHOSTUNREACH", "read") }), "broken"],
    [new TypeError("fetch failed", { cause: coded("ECONNRESET") }), "broken"],
    [new TypeError("fetch failed", { cause: coded("UND_ERR_SOCKET") }), "broken"],
    [new TypeError("Failed to fetch"), "broken"],
    [new TypeError("error sending request for url (http://h/): client error (Connect): tcp connect error"), "connect"],
    [new TypeError("error sending request for url (http://h/): client error (SendRequest): closed"), "broken"],
    [Object.assign(new Error("Unable to connect."), { code: "ConnectionRefused" }), "connect"],
  ];
  for (const [error, problem] of cases) {
    assert.equal((await told(() => Promise.reject(error))).problem, problem, String(error.cause ?? error));
  }
  const answer = await told(() => Promise.reject(cases[0]?.[0]));
  assert.equal(answer.detail, "fetch failed: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1");
});

test("halves of surrogate pairs never reach the core", async () => {
  const answer = await told(() => Promise.reject(new Error("a \ud800 b \\ud800 c \udfff")));
  assert.equal(answer.detail, "a \\u{d800} b \\ud800 c \\u{dfff}");
  // The line is cut inside a pair.
  const long = await told(() => Promise.reject(new Error(`${"x".repeat(2001)}😀`)));
  assert.equal(long.detail, `${"x".repeat(1000)}…`);
  assert.deepEqual((await told(() => ({ status: 200, headers: { "x-request-id": "\udc00😀" }, text: () => "" }))).headers, {
    "x-request-id": "\ufffd😀",
  });
});

test("a reader whose cancel is missing, throws or gives no promise harms nobody", async () => {
  const cancels = [undefined, null, () => {}, () => 5, () => Promise.reject(new Error("no")), () => { throw new Error("no"); }];
  for (const cancel of cancels) {
    const endless = { read: async () => (await soon(1), { done: false, value: new Uint8Array(60) }), cancel };
    assert.equal((await told(() => ({ status: 200, body: { getReader: () => endless } }))).tooLong, true, String(cancel));
    const silent = { read: never, cancel };
    assert.equal((await told(() => ({ status: 200, body: { getReader: () => silent } }), { timeoutMs: 5 })).problem, "timeout");
  }
  // What escaped would end the process by now.
  await soon();
});

test("what fails inside an answer is broken", async () => {
  const cut = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Uint8Array.of(123));
      controller.error(new TypeError("terminated"));
    },
  });
  const shapes: [unknown, string][] = [
    [new Response(cut), "terminated"],
    [{ status: 200, text: () => Promise.reject(new Error("cut")) }, "cut"],
    [undefined, "fetch gave no response"],
    ["text", "fetch gave no response"],
    [{}, "the response has no status"],
    ...[200.5, NaN, "200", 99, 1000, null].map((status): [unknown, string] => [{ status, text: () => "" }, "the response has no status"]),
    [{ status: 200, body: {} }, "the response's body is neither a stream nor text()"],
    [new Response(new ReadableStream({ start: (it: any) => (it.enqueue("text"), it.close()) })), ""],
  ];
  for (const [shape, detail] of shapes) {
    const answer = await told(() => shape);
    assert.equal(answer.problem, "broken");
    if (detail !== "") assert.equal(answer.detail, detail);
  }
  const used = new Response("once");
  await used.text();
  assert.equal((await told(() => used)).problem, "broken");
});

test("a fetch that throws has sent nothing", async () => {
  const answer = await told(() => {
    throw new Error("boom");
  });
  assert.deepEqual([answer.problem, answer.detail], ["request", "boom"]);
});

test("a header value that fetch refuses is about the request, and is not repeated", async () => {
  const headers = [["Authorization", `Bearer ${TOKEN}\nx: y`]];
  const { ajo } = clientOn([sending({ headers: headers as never }), (answer) => ({ failed: { kind: "request", code: "REQUEST", message: answer.detail ?? "" } })]);
  const error = await failure(ajo.capping.list());
  assert.equal(error.code, "REQUEST");
  assert.match(error.message, /header value/);
  assert.doesNotMatch(error.message + error.cause.stack + error.cause.message, new RegExp(TOKEN));
});

test("what takes too long is aborted, before the head and inside the body", async () => {
  let aborted = 0;
  const head = (_: string, { signal }: { signal: AbortSignal }): unknown => {
    signal.addEventListener("abort", () => (aborted += 1));
    return never();
  };
  assert.equal((await told(head, { timeoutMs: 10 })).problem, "timeout");
  const body = (_: string, { signal }: { signal: AbortSignal }): unknown => {
    signal.addEventListener("abort", () => (aborted += 1));
    return new Response(new ReadableStream({ cancel: () => void (aborted += 1) }));
  };
  assert.equal((await told(body, { timeoutMs: 10 })).problem, "timeout");
  await soon();
  assert.equal(aborted, 3);
  assert.equal((await told(() => ({ status: 200, text: never }), { timeoutMs: 10 })).problem, "timeout");
});

test("a time-out longer than setTimeout can is one, and does not end at once", async () => {
  assert.equal((await told(async () => (await soon(), new Response("late")), { timeoutMs: 1e15 })).body, "late");
});

test("the error has the class of its kind and the platform's own error as its cause", async () => {
  const raw = new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
  const { ajo } = clientOn([sending(), { wait: 1 }, { failed: { kind: "connect", code: "CONNECT", message: "no connection", attempts: 1 } }], {
    fetch: fetching(() => Promise.reject(raw)),
  });
  const error = await failure(ajo.capping.list());
  assert.ok(error instanceof AjoConnectionError);
  assert.equal(error.cause, raw);
  assert.deepEqual([error.code, error.attempts, error.message], ["CONNECT", 1, "no connection"]);
});

test("a cause is not kept past an answer", async () => {
  const answers = [() => Promise.reject(new Error("first")), () => new Response("no", { status: 500 })];
  const { ajo } = clientOn([sending(), { wait: 1 }, sending(), { failed: { kind: "notSent", code: "NOT_SENT", message: "m" } }], {
    fetch: fetching(() => answers.shift()?.()),
  });
  const error = await failure(ajo.capping.list());
  assert.ok(error instanceof AjoTimeoutError);
  assert.deepEqual([error.code, error.cause], ["NOT_SENT", undefined]);
});

test("an abort ends a call in each of its phases, at once and with the caller's reason", async () => {
  const phases: [string, any[], any][] = [
    ["head", [sending()], { fetch: never }],
    ["body", [sending()], { fetch: () => new Response(new ReadableStream({})) }],
    ["wait", [{ wait: 60_000 }], {}],
    ["store", [{ storeGet: { key: "k", timeoutMs: 60_000 } }], { tokenStore: { get: never, set: never } }],
    ["store set", [{ storeSet: { key: "k", value: "v", ttlSeconds: 1, timeoutMs: 60_000 } }], { tokenStore: { get: never, set: never } }],
    ["token", [{ token: { timeoutMs: 60_000 } }], { accessToken: never }],
  ];
  for (const [name, lines, options] of phases) {
    const { ajo, core } = clientOn(lines, options);
    const controller = new AbortController();
    const call = failure(ajo.capping.list({ signal: controller.signal }));
    await soon();
    const reason = new Error("enough");
    controller.abort(reason);
    const error = await call;
    assert.ok(error instanceof AjoAbortError, name);
    assert.deepEqual([error.code, error.operation, error.cause], ["ABORTED", "capping.list", reason], name);
    assert.deepEqual(core.cancelled, [1], name);
  }
});

test("an abort while a creation is on its way says that it may have been made", async () => {
  const token = sending({ headers: [["content-type", "application/x-www-form-urlencoded"]] });
  const cases: [any[], string, boolean][] = [
    [[sending()], "create", true],
    [[token], "create", false],
    [[{ wait: 60_000 }], "create", false],
    [[sending()], "update", false],
    [[sending()], "list", false],
  ];
  for (const [lines, verb, hinted] of cases) {
    const { ajo } = clientOn(lines, { fetch: never }) as any;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const call = failure(verb === "create" ? ajo.capping.create({}, options) : verb === "list" ? ajo.capping.list(options) : ajo.capping.update("u", {}, options));
    await soon();
    controller.abort();
    assert.equal((await call).hint !== undefined, hinted, `${verb} ${JSON.stringify(lines)}`);
  }
  // Aborted in an event, so that it is not sent at all.
  const controller = new AbortController();
  const event = { type: "attempt", operation: "capping.create", attempt: 1, requestId: "r" } as const;
  const { ajo } = clientOn([{ ...sending(), events: [event] }], { onEvent: () => controller.abort() });
  assert.equal((await failure(ajo.capping.create({} as any, { signal: controller.signal }))).hint, undefined);
});

test("what a mocked fetch lacks does not pass by itself", async () => {
  const failed = (answer: Answer): any => ({ failed: { kind: "broken", code: "BROKEN", message: answer.detail ?? "", hint: "this passes; try again", retryable: true } });
  const told = async (answer: any): Promise<any> => failure(clientOn([sending(), failed], { fetch: fetching(answer) }).ajo.capping.list());
  for (const shape of [undefined, {}, { status: 200, body: {} }, { status: 200, body: { getReader: () => ({ read: async () => ({ value: "text" }) }) } }]) {
    const error = await told(() => shape);
    assert.equal(error.retryable, false);
    assert.equal(error.hint, undefined);
    assert.ok(error.cause instanceof TypeError);
  }
  for (const passing of [() => Promise.reject(new TypeError("fetch failed")), () => Response.error()]) {
    const error = await told(passing);
    assert.deepEqual([error.retryable, error.hint], [true, "this passes; try again"]);
  }
});

test("what a step that ran out of time comes to later takes no later step its abort", async () => {
  const late = sending({ timeoutMs: 5 });
  const { ajo } = clientOn([late, { wait: 60_000 }], { fetch: fetching(async () => (await soon(20), new Response(""))) });
  const controller = new AbortController();
  const call = failure(ajo.capping.list({ signal: controller.signal }));
  await soon(40);
  controller.abort();
  assert.equal((await Promise.race([call, soon(500)]))?.code, "ABORTED");
});

test("a signal that was aborted before costs nothing", async () => {
  const { ajo, core } = clientOn([sending(), over], { fetch: fetching(() => assert.fail("sent")) });
  const error = await failure(ajo.capping.list({ signal: AbortSignal.abort() }));
  assert.ok(error instanceof AjoAbortError);
  assert.deepEqual([error.attempts, core.operations], [0, []]);
});

test("an abort after the call changes nothing, and no listener is left", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: any[]) => (listeners++, (add as any)(...given));
  signal.removeEventListener = (...given: any[]) => (listeners--, (remove as any)(...given));
  const { ajo } = clientOn([sending(), over], { fetch: fetching(() => new Response("")) });
  await ajo.capping.list({ signal });
  assert.equal(listeners, 0);
  const failing = clientOn([sending(), { failed: { kind: "refused", code: "1451", message: "no" } }], { fetch: fetching(() => new Response("")) });
  await failure(failing.ajo.capping.list({ signal }));
  assert.equal(listeners, 0);
  controller.abort();
});

test("an abort from within an event ends the call", async () => {
  const controller = new AbortController();
  const event = { type: "attempt", operation: "capping.list", attempt: 2, requestId: "r" } as const;
  const { ajo } = clientOn([{ ...sending(), events: [event] }, over], { onEvent: () => controller.abort() });
  const error = await failure(ajo.capping.list({ signal: controller.signal }));
  assert.ok(error instanceof AjoAbortError);
  assert.equal(error.attempts, 2);
});

test("what an abandoned request comes to is nobody's business", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const late = async (): Promise<never> => (await soon(20), Promise.reject(new Error("late")));
  assert.equal((await told(late, { timeoutMs: 5 })).problem, "timeout");
  await soon(40);
  process.off("unhandledRejection", listener);
  assert.deepEqual(rejected, []);
});
