import assert from "node:assert/strict";
import { test } from "node:test";
import { ATTEMPT_STARTED, CONNECT, DISCONNECTED, REFUSED, SUCCEEDED, TIMEOUT, TOKEN_REQUEST_SUCCEEDED } from "../src/actions.js";
import { AjoAbortError, AjoConnectionError, AjoFetchError, AjoHttpError, AjoInternalError, AjoTimeoutError } from "../src/errors.js";
import type { AjoEvent } from "../src/options.js";
import {
  asFetch,
  callback,
  done,
  failed,
  failedWithDetail,
  lastReport,
  type Line,
  listResponse,
  lockStore,
  never,
  readStore,
  rejection,
  requestToken,
  scriptedClient,
  send,
  sleep,
  TOKEN_URL,
  unlockStore,
  wait,
  writeStore,
} from "./support.js";

test("a success is reported without its body", async () => {
  const fetch = asFetch(() => listResponse({ uid: "a" }));
  assert.deepEqual(await lastReport(scriptedClient([send(), done], { fetch })), { input: SUCCEEDED });
});

test("an error response is reported with its body", async () => {
  const headers = { "x-request-id": "r", "retry-after": "3", "x-debug-id": "d", "x-other": "o" };
  const fetch = asFetch(() => new Response('{"code":"1451"}', { status: 500, headers }));
  const { ajo, module } = scriptedClient([send(), failed({ kind: "api", code: "1451", status: 500, attempts: 1, elapsedMs: 7 })], { fetch });
  const error = await rejection(ajo.capping.list());
  assert.ok(error instanceof AjoHttpError);
  assert.deepEqual([error.code, error.operation, error.attempts, error.elapsedMs], ["1451", "capping.list", 1, 7]);
  assert.deepEqual(module.reports, [{ status: 500, headers: { requestId: "r", retryAfter: "3", debugId: "d" }, body: '{"code":"1451"}' }]);
});

test("an invalid success body is reported", async () => {
  const fetch = asFetch(() => new Response("<html>"));
  const { ajo, module } = scriptedClient([send(), failed({ kind: "decode", code: "DECODE" })], { fetch });
  assert.equal((await rejection(ajo.capping.list())).code, "DECODE");
  assert.deepEqual(module.reports, [{ status: 200, detail: "it is HTML or XML" }]);
});

test("failed requests are reported with their problem", async () => {
  const cases: [unknown, number, string][] = [
    [Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), CONNECT, "connect"],
    [new TypeError("Failed to fetch"), DISCONNECTED, "Failed to fetch"],
    [Object.assign(new Error("no net"), { name: "NotCapable" }), REFUSED, "no net"],
  ];
  for (const [error, problem, detail] of cases) {
    const { ajo, module } = scriptedClient([send(), failed()], { fetch: () => Promise.reject(error) });
    await rejection(ajo.capping.list());
    assert.deepEqual(module.reports, [{ problem, detail }]);
  }
  const { ajo, module } = scriptedClient([send({ millis: 5 }), failed()], { fetch: never });
  assert.equal((await rejection(ajo.capping.list())).cause, undefined);
  assert.deepEqual(module.reports, [{ problem: TIMEOUT, detail: "no response within the time limit" }]);
});

test("a refused request has the hint of its problem", async () => {
  const before = globalThis.fetch;
  (globalThis as any).fetch = undefined;
  try {
    const refused = failed({ kind: "refused", code: "FETCH_REFUSED", message: "m", hint: "from the module" });
    const error = await rejection(scriptedClient([send(), refused]).ajo.capping.list());
    assert.ok(error instanceof AjoFetchError);
    assert.deepEqual([error.code, error.hint], ["FETCH_REFUSED", "Pass the option `fetch`."]);
    assert.match((error.cause as Error).message, /no global fetch/);
    const fetch = (): never => {
      throw new Error("no");
    };
    assert.equal((await rejection(scriptedClient([send(), refused], { fetch }).ajo.capping.list())).hint, "from the module");
  } finally {
    globalThis.fetch = before;
  }
});

test("an error has the platform's error as its cause", async () => {
  const raw = new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
  const { ajo } = scriptedClient([send(), wait(1), failed({ kind: "connect", code: "CONNECT", message: "no connection" })], {
    fetch: asFetch(() => Promise.reject(raw)),
  });
  const error = await rejection(ajo.capping.list());
  assert.ok(error instanceof AjoConnectionError);
  assert.equal(error.cause, raw);
  assert.deepEqual([error.code, error.message], ["CONNECT", "no connection"]);
});

test("a later response clears the cause", async () => {
  const responses = [() => Promise.reject(new Error("first")), () => new Response("no", { status: 500 })];
  const { ajo } = scriptedClient([send(), wait(1), send(), failed({ kind: "deadlineExceeded", code: "DEADLINE_EXCEEDED" })], {
    fetch: asFetch(() => responses.shift()?.()),
  });
  const error = await rejection(ajo.capping.list());
  assert.ok(error instanceof AjoTimeoutError);
  assert.deepEqual([error.code, error.cause], ["DEADLINE_EXCEEDED", undefined]);
});

test("an invalid response of a mock is not retryable", async () => {
  const lost = failed({ kind: "disconnected", code: "DISCONNECTED", hint: "try again later", retryable: true });
  const errorOfMock = async (mock: any): Promise<any> => rejection(scriptedClient([send(), lost], { fetch: asFetch(mock) }).ajo.capping.list());
  for (const shape of [undefined, {}, { status: 200, body: {} }, { status: 200, body: { getReader: () => ({ read: async () => ({ value: "text" }) }) } }]) {
    const error = await errorOfMock(() => shape);
    assert.deepEqual([error.retryable, error.hint], [false, undefined]);
    assert.ok(error.cause instanceof TypeError);
  }
  for (const transient of [() => Promise.reject(new TypeError("fetch failed")), () => Response.error()]) {
    const error = await errorOfMock(transient);
    assert.deepEqual([error.retryable, error.hint], [true, "try again later"]);
  }
});

test("events tell the attempts of a call", async () => {
  const events: any[] = [];
  const responses = [() => Promise.reject(new Error("lost")), () => new Response("", { status: 503 }), () => listResponse()];
  const retry = { ...wait(1), extra: 1 };
  const lines: Line[] = [
    { ...requestToken, flags: ATTEMPT_STARTED },
    send({ flags: TOKEN_REQUEST_SUCCEEDED }),
    retry,
    send(),
    retry,
    send(),
    done,
  ];
  const fetch = asFetch((url) => (url === TOKEN_URL ? new Response("{}") : responses.shift()?.()));
  const { ajo } = scriptedClient(lines, { fetch, onEvent: (event: AjoEvent) => events.push(event) });
  await ajo.capping.list();
  const shown = events.map(({ requestId, durationMs, operation, ...event }) => ({ ...event, ...(durationMs < 0 && { durationMs }) }));
  assert.deepEqual(shown, [
    { type: "attempt", attempt: 1 },
    { type: "token", source: "tokenEndpoint", ok: true },
    { type: "response", attempt: 1 },
    { type: "retry", attempt: 1, afterMs: 1 },
    { type: "attempt", attempt: 2 },
    { type: "response", attempt: 2, status: 503 },
    { type: "retry", attempt: 2, afterMs: 1, status: 503 },
    { type: "attempt", attempt: 3 },
    { type: "response", attempt: 3, status: 200 },
  ]);
  assert.ok(events.every(({ type, operation }) => type === "token" || operation === "capping.list"));
  assert.equal(new Set(events.filter(({ type }) => type === "attempt").map(({ requestId }) => requestId)).size, 1);
});

test("a failing event listener is ignored", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const received: string[] = [];
  const { ajo } = scriptedClient([send(), done], {
    fetch: asFetch(() => listResponse()),
    onEvent: (event): any => {
      received.push(event.type);
      if (event.type === "attempt") throw new Error("boom");
      return Promise.reject(new Error("later"));
    },
  });
  await ajo.capping.list();
  await sleep();
  process.off("unhandledRejection", listener);
  assert.deepEqual(received, ["attempt", "response"]);
  assert.deepEqual(rejected, []);
});

test("an abort ends a call in every phase", async () => {
  const tokenStore = { get: never, set: never, lock: never };
  const slow = (action: object): any => ({ ...action, millis: 60_000 });
  const phases: [string, any[], any][] = [
    ["head", [send()], { fetch: never }],
    ["body", [send()], { fetch: () => new Response(new ReadableStream({})) }],
    ["token request", [slow(requestToken)], { fetch: never }],
    ["wait", [wait(60_000)], {}],
    ["store", [slow(readStore)], { tokenStore }],
    ["store set", [slow(writeStore)], { tokenStore }],
    ["store lock", [slow(lockStore)], { tokenStore }],
    ["token", [slow(callback)], { accessToken: never }],
  ];
  for (const [name, lines, options] of phases) {
    const { ajo, module } = scriptedClient(lines, options);
    const controller = new AbortController();
    const call = rejection(ajo.capping.list({ signal: controller.signal }));
    await sleep();
    const reason = new Error("enough");
    controller.abort(reason);
    const error = await call;
    assert.ok(error instanceof AjoAbortError, name);
    assert.deepEqual([error.code, error.operation, error.cause], ["ABORTED", "capping.list", reason], name);
    assert.deepEqual(module.cancelled, [1], name);
  }
});

test("an abort hints that create may have been processed", async () => {
  const cases: [any[], string, boolean][] = [
    [[send()], "create", true],
    [[requestToken], "create", false],
    [[wait(60_000)], "create", false],
    [[send(), wait(60_000)], "create", false],
    [[send()], "update", false],
    [[send()], "list", false],
  ];
  for (const [lines, verb, hinted] of cases) {
    const fetch = lines.length === 2 ? async () => new Response("", { status: 503 }) : never;
    const { ajo } = scriptedClient(lines, { fetch }) as any;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const call = rejection(verb === "create" ? ajo.capping.create({}, options) : verb === "list" ? ajo.capping.list(options) : ajo.capping.update("u", {}, options));
    await sleep();
    controller.abort();
    assert.equal((await call).hint !== undefined, hinted, `${verb} ${JSON.stringify(lines)}`);
  }
});

test("an abort in onEvent ends the call", async () => {
  const controller = new AbortController();
  const { ajo, module } = scriptedClient([send(), done], { onEvent: () => controller.abort(), fetch: asFetch(() => assert.fail("sent")) });
  const error = await rejection(ajo.capping.create({} as never, { signal: controller.signal }));
  assert.ok(error instanceof AjoAbortError);
  assert.deepEqual([error.attempts, error.hint, module.cancelled], [1, undefined, [1]]);
});

test("a late result does not disable the abort of the next step", async () => {
  const { ajo } = scriptedClient([send({ millis: 5 }), wait(60_000)], { fetch: asFetch(async () => (await sleep(20), new Response(""))) });
  const controller = new AbortController();
  const call = rejection(ajo.capping.list({ signal: controller.signal }));
  await sleep(40);
  controller.abort();
  assert.equal((await Promise.race([call, sleep(500)]))?.code, "ABORTED");
});

test("an aborted signal sends nothing", async () => {
  const { ajo, module } = scriptedClient([send(), done], { fetch: asFetch(() => assert.fail("sent")) });
  const error = await rejection(ajo.capping.list({ signal: AbortSignal.abort() }));
  assert.ok(error instanceof AjoAbortError);
  assert.deepEqual([error.attempts, module.begun], [0, []]);
});

/** Counts the abort listeners of a signal. */
function countListeners(signal: AbortSignal): { now: number; most: number } {
  const count = { now: 0, most: 0 };
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: any[]) => ((count.most = Math.max(count.most, ++count.now)), (add as any)(...args));
  signal.removeEventListener = (...args: any[]) => (count.now--, (remove as any)(...args));
  return count;
}

test("a thousand calls add one listener to their signal", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const { signal } = controller;
  const count = countListeners(signal);
  const { ajo } = scriptedClient([send(), wait(1), send(), done], { fetch: asFetch(async () => (await sleep(1), listResponse())) });
  await Promise.all(Array.from({ length: 1000 }, () => ajo.capping.list({ signal })));
  assert.deepEqual(count, { now: 0, most: 1 });
  const pending = Array.from({ length: 20 }, () => rejection(scriptedClient([wait(60_000)]).ajo.capping.list({ signal })));
  await sleep();
  assert.equal(count.now, 1);
  controller.abort();
  for (const error of await Promise.all(pending)) assert.equal(error.code, "ABORTED");
  await sleep();
  process.off("warning", onWarning);
  assert.deepEqual([count, warnings], [{ now: 0, most: 1 }, []]);
});

test("a failed call removes its abort listener", async () => {
  const { signal } = new AbortController();
  const count = countListeners(signal);
  const { ajo } = scriptedClient([send(), failed()], { fetch: asFetch(() => new Response("", { status: 500 })) });
  await rejection(ajo.capping.list({ signal }));
  await rejection(ajo.capping.get(5 as never, { signal }));
  assert.deepEqual(count, { now: 0, most: 1 });
});

test("an unknown action cancels the call", async () => {
  const { ajo, module } = scriptedClient([{ code: 99 }]);
  assert.ok((await rejection(ajo.capping.list())) instanceof AjoInternalError);
  assert.deepEqual(module.cancelled, [1]);
});

test("after a trap the next call works", async () => {
  const fetch = asFetch(() => listResponse());
  const { ajo } = scriptedClient([{ ...readStore, millis: 1000 }, send(), done], {
    tokenStore: { get: async () => (await sleep(), null), set: () => {} },
    fetch,
  });
  const pending = rejection(ajo.capping.list());
  const other = scriptedClient(["trap"]);
  const error = await rejection(other.ajo.capping.list());
  assert.ok(error instanceof AjoInternalError);
  assert.equal(error.code, "INTERNAL");
  assert.match((error.cause as Error).message, /unreachable/);
  const lost = await pending;
  assert.ok(lost instanceof AjoInternalError);
  assert.deepEqual([lost.operation, lost.attempts, lost.hint], ["capping.list", 0, undefined]);

  const after = scriptedClient([send(), done], { fetch });
  await after.ajo.capping.list();
  // The first client is opened in the new instance, and its token is read again.
  const openedBefore = after.module.opened.length;
  await ajo.capping.list();
  assert.equal(after.module.opened.length, openedBefore + 1);
  assert.equal(after.module.tokensRead, 2);
});

test("a call lost to a trap has an unknown outcome", async () => {
  let respond = (_: Response): void => {};
  const fetch: any = () => new Promise((resolve) => (respond = resolve));
  const lost = rejection(scriptedClient([send()], { fetch }).ajo.capping.create({} as never));
  await sleep();
  const trapping = scriptedClient([send(), "trap"], { fetch: asFetch(() => Response.json({ uid: "u" })) });
  const trapped = await rejection(trapping.ajo.capping.create({} as never));
  respond(Response.json({ uid: "u" }));
  for (const error of [trapped, await lost]) {
    assert.ok(error instanceof AjoInternalError);
    assert.deepEqual([error.operation, error.attempts, error.code], ["capping.create", 1, "INTERNAL"]);
    assert.match(error.message, /^the WebAssembly module failed/);
    assert.match(error.hint ?? "", /may have processed the call/);
  }
});

test("100 concurrent calls have their own actions", async () => {
  const { ajo, module } = scriptedClient([wait(1), send(), done], { fetch: asFetch(() => listResponse()) });
  await Promise.all(Array.from({ length: 100 }, () => ajo.capping.list()));
  assert.equal(module.reports.length, 200);
});

test("actions of concurrent calls are not mixed up", async () => {
  const sent: string[] = [];
  const events: AjoEvent[] = [];
  const waiting: ((token: string) => void)[] = [];
  const lines: Line[] = [
    callback,
    ({ token }) => ((module.token = `token of ${token}`), send({ extra: Number(token), millis: 1000 })),
    ({ status }) => ({ ...wait(status === 503 ? 30 : 1), extra: status === 503 ? 1 : 0 }),
    done,
  ];
  const fetch = asFetch(async (_, { headers }) => {
    sent.push(headers.authorization);
    return new Response("", { status: sent.length === 1 ? 503 : 500 });
  });
  const accessToken = (): Promise<string> => new Promise((resolve) => waiting.push(resolve));
  const { ajo, module } = scriptedClient(lines, { fetch, accessToken, onEvent: (event) => events.push(event) });
  const calls = [ajo.capping.list(), ajo.capping.list()];
  await sleep();
  // Both calls go on in the same turn of the event loop.
  for (const [index, resolve] of waiting.entries()) resolve(`${index + 1}`);
  await Promise.all(calls);
  assert.deepEqual(sent, ["Bearer token of 1", "Bearer token of 2"]);
  assert.deepEqual(events.flatMap((event) => (event.type === "retry" ? [[event.status, event.afterMs]] : [])), [[503, 30]]);
});

test("tokens of concurrent calls are not mixed up", async () => {
  const waiting: ((token: string) => void)[] = [];
  const line: Line = ({ token }) => ((module.token = `token of ${token}`), { ...done, extra: Number(token) });
  const accessToken = (): Promise<string> => new Promise((resolve) => waiting.push(resolve));
  const { ajo, module } = scriptedClient([callback, line], { accessToken });
  const calls = [ajo.auth.token(), ajo.auth.token()];
  await sleep();
  for (const [index, resolve] of waiting.entries()) resolve(`${index + 1}`);
  assert.deepEqual(await Promise.all(calls), ["token of 1", "token of 2"]);
});

test("a lock is released with its ticket", async () => {
  const calls: unknown[] = [];
  const tokenStore = {
    get: () => null,
    set: () => {},
    lock: (...args: unknown[]) => (calls.push(args), async () => void calls.push("released")),
  };
  const { ajo, module } = scriptedClient([lockStore, unlockStore, failedWithDetail], { tokenStore });
  await rejection(ajo.capping.list());
  assert.deepEqual(calls, [["key", 30], "released"]);
  assert.deepEqual(module.reports, [{ input: 3, value: 1 }, { input: 2 }]);
  const busy = scriptedClient([lockStore, failed()], { tokenStore: { ...tokenStore, lock: () => undefined } });
  await rejection(busy.ajo.capping.list());
  assert.deepEqual(busy.module.reports, [{ input: 4 }]);
});
