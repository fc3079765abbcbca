// Values that throw when they are used: a call still rejects with an `AjoError`, and nothing else rejects.

import assert from "node:assert/strict";
import { test } from "node:test";
import { STORE_FAILED } from "../src/actions.js";
import { AjoClient } from "../src/client.js";
import { definitionOf } from "../src/definition-of.js";
import { AjoError, AjoHttpError, AjoValidationError } from "../src/errors.js";
import { validateCapping } from "../src/validate.js";
import {
  type Action,
  asFetch,
  callback,
  done,
  failed,
  failedWithDetail,
  listResponse,
  lockStore,
  readStore,
  rejection,
  type Report,
  requestToken,
  scriptedClient,
  SECRET,
  send,
  sleep,
  TOKEN,
  TOKEN_URL,
  unlockStore,
  writeStore,
} from "./support.js";

const boom = (): never => {
  throw new Error("boom");
};
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, boom]));
const revoked = (): any => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** An error whose properties are all the same. */
function withProperties(property: PropertyDescriptor, ...names: string[]): Error {
  const error = new Error("m");
  // Node.js computes it on the first access, and reads the others for that.
  void error.stack;
  return Object.defineProperties(error, Object.fromEntries(names.map((name) => [name, property])));
}

/** Values that throw when they are used. */
const HOSTILE: Record<string, () => any> = {
  "a proxy whose traps throw": () => new Proxy({}, traps),
  "a proxy of a function": () => new Proxy(() => {}, traps),
  "a proxy whose get throws": () => new Proxy({ a: 1 }, { get: boom }),
  "a revoked proxy": revoked,
  "an error with getters": () => withProperties({ get: boom }, "name", "message", "code", "syscall", "cause", "stack", "errors"),
  "a frozen error": () => Object.freeze(new Error("m")),
  "an error whose texts throw": () => Object.assign(new Error("m"), { toString: boom, toJSON: boom, [Symbol.toPrimitive]: boom }),
  "an error of other types": () => withProperties({ value: Symbol("s") }, "name", "message", "code", "stack", "cause", "errors"),
  "errors that are no array": () => Object.assign(new Error("m"), { errors: revoked() }),
  "a thenable that throws": () => ({ then: boom }),
  "a getter of then that throws": () => Object.defineProperty({}, "then", { get: boom }),
  "an object without a prototype": () => Object.create(null),
};

/** Rejects later, because an `async` function would await a thenable first. */
const rejecting = (value: any) => () => new Promise((_, reject) => setTimeout(reject, 0, value));
const throwing = (value: any) => () => {
  throw value;
};
const returning = (value: any) => () => value;
const WAYS = { rejecting, throwing, returning };

/** Calls `check` with each hostile value, and in each way in which a function can end with it. Expects no unhandled rejection. */
async function forEachWay(check: (end: () => any, name: string) => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listener);
  for (const [name, make] of Object.entries(HOSTILE)) {
    for (const [way, end] of Object.entries(WAYS)) await check(end(make()), `${way} ${name}`);
  }
  await sleep();
  process.off("unhandledRejection", listener);
  assert.equal(unhandled.length, 0);
}

const lost = failed({ kind: "disconnected", code: "DISCONNECTED" });

/** Expects an error whose fields, texts, and cause can be read. */
function checkError(error: any, type: any, name: string): void {
  assert.ok(error instanceof type, `${name}: ${typeof error === "object" && error?.stack}`);
  // An invalid argument is the caller's own mistake, so its cause is the exception itself.
  for (let each = error; type !== AjoValidationError && each !== undefined; each = each.cause) void [each?.name, each?.code, each?.message, each?.stack];
  assert.equal(typeof JSON.stringify(error), "string");
}

/** The report of an action, whose call then fails. */
async function reportOf(action: Action, options: any, name: string): Promise<Report | undefined> {
  const { ajo, module } = scriptedClient([action, lost], options);
  checkError(await rejection(ajo.capping.list()), AjoError, name);
  return module.reports[0];
}

test("fetch ends with a hostile value", async () => {
  await forEachWay(async (end, name) => {
    assert.ok(await reportOf(send(), { fetch: end }, name), name);
    assert.ok(await reportOf(requestToken, { fetch: end }, name), name);
  });
});

test("accessToken ends with a hostile value", async () => {
  await forEachWay(async (end, name) => {
    assert.equal((await reportOf(callback, { accessToken: end }, name))?.timedOut, false, name);
  });
});

test("token store ends with a hostile value", async () => {
  await forEachWay(async (end, name) => {
    const tokenStore = { get: end, set: end, lock: end };
    assert.equal((await reportOf(readStore, { tokenStore }, name))?.input, STORE_FAILED, name);
    // A lock that is no function is busy, and a written value is ignored.
    for (const action of [writeStore, lockStore]) assert.ok(await reportOf(action, { tokenStore }, name), name);
    const lines = [lockStore, unlockStore, lost];
    const { ajo, module } = scriptedClient(lines, { tokenStore: { ...tokenStore, lock: () => end } });
    checkError(await rejection(ajo.capping.list()), AjoError, name);
    assert.equal(module.reports.length, 2, name);
  });
});

test("logger and listener end with a hostile value", async () => {
  await forEachWay(async (end, name) => {
    const logger = { error: end, warn: end, info: end, debug: end };
    const options = { fetch: asFetch(() => listResponse()), onEvent: end, logger, logLevel: "debug" as const };
    assert.deepEqual(await scriptedClient([send(), done], options).ajo.capping.list(), [], name);
  });
});

test("response with hostile parts is reported", async () => {
  for (const [name, make] of Object.entries(HOSTILE)) {
    for (const status of [200, 500]) {
      const parts = [{ headers: make() }, { headers: { get: boom } }, { headers: { get: () => make() } }, { text: throwing(make()) }, { body: make() }, { json: returning(make()), text: undefined }];
      for (const part of parts) {
        const fetch = asFetch(() => ({ status, text: () => "text", ...part }));
        assert.ok(await reportOf(send(), { fetch }, name), `${name}: ${Object.keys(part)}`);
        assert.ok(await reportOf(requestToken, { fetch }, name), `${name}: ${Object.keys(part)} of a token response`);
      }
    }
    assert.ok(await reportOf(send(), { fetch: () => Object.defineProperty({}, "status", { get: throwing(make()) }) }, name));
  }
});

/** Arguments that may be any object. */
const OBJECTS = ["config", "options", "headers of fetch"];

test("hostile arguments are validation errors", async () => {
  const { ajo } = scriptedClient([done], { fetch: asFetch(() => listResponse()) });
  const signal = (changes: object): any => ({ aborted: false, addEventListener() {}, removeEventListener() {}, ...changes });
  const calls: Record<string, (value: any) => Promise<unknown>> = {
    uid: (value) => ajo.capping.get(value),
    config: (value) => ajo.capping.create(value),
    options: (value) => ajo.capping.list(value),
    "an option": (value) => ajo.capping.list(Object.defineProperty({}, "timeoutMs", { get: throwing(value), enumerable: true })),
    headers: (value) => ajo.capping.list({ headers: [value] as any }),
    fetchOptions: (value) => ajo.capping.list({ fetchOptions: Object.defineProperty({}, "a", { get: throwing(value), enumerable: true }) }),
    addEventListener: (value) => ajo.capping.list({ signal: signal({ addEventListener: throwing(value) }) }),
    aborted: (value) => ajo.capping.list({ signal: Object.defineProperty(signal({}), "aborted", { get: throwing(value) }) }),
    rating: (value) => ajo.capping.setRating("u", value),
    "a rating": (value) => ajo.capping.setRating("u", { maxCallsCount: value, periodInMs: 1 }),
    throughput: (value) => ajo.throttling.setThroughput("u", value),
    method: (value) => ajo.request(value, "/a"),
    path: (value) => ajo.request("GET", value),
    query: (value) => ajo.request("GET", "/a", { query: { a: value } }),
    body: (value) => ajo.request("POST", "/a", { body: { toJSON: throwing(value) } }),
    "headers of fetch": (value) => ajo.auth.fetch("https://service.test/", { headers: value }),
    url: (value) => ajo.auth.fetch(value),
    init: (value) => ajo.auth.fetch("https://service.test/", Object.defineProperty({}, "method", { get: throwing(value), enumerable: true })),
    "options of token()": (value) => ajo.auth.token(Object.defineProperty({}, "timeoutMs", { get: throwing(value), enumerable: true })),
  };
  for (const [name, make] of Object.entries(HOSTILE)) {
    for (const [argument, call] of Object.entries(calls)) {
      // An error is an object like any other.
      if (OBJECTS.includes(argument) && !name.includes("proxy")) continue;
      checkError(await rejection((async () => call(make()))()), AjoValidationError, `${argument}: ${name}`);
    }
  }
});

test("hostile options are validation errors", async () => {
  const options = { clientId: "id", orgId: "o", sandbox: "prod", accessToken: TOKEN };
  const calls: Record<string, (value: any) => unknown> = {
    options: (value) => new AjoClient(Object.defineProperty({ ...options }, "baseUrl", { get: throwing(value), enumerable: true })),
    fetchOptions: (value) => new AjoClient({ ...options, fetchOptions: Object.defineProperty({}, "a", { get: throwing(value), enumerable: true }) }),
    env: (value) => AjoClient.fromEnv(Object.defineProperty({}, "AJO_SANDBOX", { get: throwing(value) })),
    "options of fromEnv": (value) => AjoClient.fromEnv({}, Object.defineProperty({}, "baseUrl", { get: throwing(value), enumerable: true })),
    definition: (value) => validateCapping({ toJSON: throwing(value) }),
    "a configuration": (value) => definitionOf(new Proxy({ url: "u" } as any, { getOwnPropertyDescriptor: (_, name) => (name === "urlPattern" ? throwing(value)() : undefined) })),
  };
  for (const [name, make] of Object.entries(HOSTILE)) {
    for (const [argument, call] of Object.entries(calls)) checkError(await rejection((async () => call(make()))()), AjoValidationError, `${argument}: ${name}`);
  }
});

test("reason of a signal is hostile", async () => {
  for (const [name, make] of Object.entries(HOSTILE)) {
    const controller = new AbortController();
    const { ajo } = scriptedClient([send()], { fetch: () => (controller.abort(make()), listResponse()) as any });
    checkError(await rejection(ajo.capping.list({ signal: controller.signal })), AjoError, name);
  }
});

test("hostile values are no errors of the package", () => {
  for (const [name, make] of Object.entries(HOSTILE)) assert.equal(make() instanceof AjoHttpError, false, name);
});

test("detail of a hostile error has no secret", async () => {
  const hostile = new Proxy(new Error(`no ${SECRET} ${TOKEN}`), { getPrototypeOf: boom, ownKeys: boom });
  const { ajo } = scriptedClient([requestToken, send(), failedWithDetail], { fetch: (url) => (url === TOKEN_URL ? Promise.resolve(new Response("{}")) : Promise.reject(hostile)) });
  const error = await rejection(ajo.capping.list());
  assert.equal(error.message, "no: no … …");
  assert.equal(error.cause.message, "no … …");
});
