import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoAuthError, AjoInternalError } from "../src/errors.js";
import { type StepOutcome, scriptedClient, rejection, asFetch, lastOutcome, never, done, sendStep, sleep, TOKEN } from "./support.js";

const get = { storeGet: { key: "key", timeoutMs: 20 } };
const set = { storeSet: { key: "key", value: `{"token":"${TOKEN}"}`, ttlSeconds: 60, timeoutMs: 20 } };

async function stepOutcome(line: object, options: any): Promise<StepOutcome> {
  return lastOutcome(scriptedClient([line, done], options));
}

test("a Map is a token store", async () => {
  const tokenStore = new Map<string, string>() as any;
  assert.deepEqual(await stepOutcome(get, { tokenStore }), { value: null, body: "" });
  assert.deepEqual(await stepOutcome(set, { tokenStore }), { body: "" });
  assert.deepEqual(await stepOutcome(get, { tokenStore }), { value: set.storeSet.value, body: "" });
});

test("store methods get this, key, value and ttl", async () => {
  const calls: unknown[] = [];
  class Store {
    get(key: string) {
      calls.push([this instanceof Store, key]);
      return Promise.resolve("stored");
    }
    set(...args: unknown[]) {
      calls.push(args);
    }
  }
  assert.equal((await stepOutcome(get, { tokenStore: new Store() })).value, "stored");
  await stepOutcome(set, { tokenStore: new Store() });
  assert.deepEqual(calls, [[true, "key"], ["key", set.storeSet.value, 60]]);
});

test("failures of a store are reported to the core", async () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const cases: [any, string, string][] = [
    [never, "timeout", "no response within the time limit"],
    [boom, "disconnected", "boom"],
    [async () => boom(), "disconnected", "boom"],
    [() => 5, "disconnected", "tokenStore.get returned a value of type number instead of a string"],
    [() => ({ token: TOKEN }), "disconnected", "tokenStore.get returned a value of type object instead of a string"],
  ];
  for (const [work, problem, detail] of cases) {
    const outcome = await stepOutcome(get, { tokenStore: { get: work, set: work } });
    // The message of a failed read may quote the value, so only the name is reported.
    assert.deepEqual([outcome.problem, outcome.detail], [problem, detail.replace("boom", "Error")]);
  }
  assert.equal((await stepOutcome(set, { tokenStore: { get: boom, set: boom } })).detail, "boom");
});

test("the token is masked in errors of a store", async () => {
  const tokenStore = {
    get: never,
    set: () => Promise.reject(Object.assign(new Error("failed"), { command: ["set", JSON.stringify({ token: TOKEN })] })),
  };
  const failed = { failed: { kind: "auth", code: "AUTH", message: "no" } };
  const error = await rejection(scriptedClient([set, failed], { tokenStore }).ajo.capping.list());
  assert.ok(error instanceof AjoAuthError);
  assert.equal((error.cause as Error).message, "failed");
  assert.equal("command" in (error.cause as Error), false);
});

test("a wrong return value of accessToken is not quoted", async () => {
  const step = { token: { timeoutMs: 20 } };
  const outcomeFor = (accessToken: any): Promise<StepOutcome> => stepOutcome(step, { accessToken });
  assert.equal((await outcomeFor(() => TOKEN)).token, TOKEN);
  assert.equal((await outcomeFor(async () => TOKEN)).token, TOKEN);
  assert.equal((await outcomeFor(never)).problem, "timeout");
  assert.deepEqual(await outcomeFor(() => undefined), { problem: "disconnected", detail: "accessToken returned undefined instead of a string", body: "" });
  assert.match((await outcomeFor(() => ({ token: TOKEN }))).detail ?? "", /a value of type object/);
  const boom = (): never => {
    throw new Error("boom");
  };
  assert.equal((await outcomeFor(boom)).detail, "boom");
  assert.equal((await outcomeFor(() => Promise.reject(null))).detail, "no error message");
});

test("lone surrogates of callbacks are replaced", async () => {
  assert.equal((await stepOutcome({ token: { timeoutMs: 20 } }, { accessToken: () => "t\ud800" })).token, "t\ufffd");
  assert.equal((await stepOutcome(get, { tokenStore: { get: () => "\udc00v", set: never } })).value, "\ufffdv");
});

test("a failing event listener is ignored", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const received: string[] = [];
  const events = [{ type: "token", source: "tokenEndpoint", ok: true }, { type: "response", operation: "o", attempt: 1, durationMs: 2 }] as const;
  const { ajo } = scriptedClient([{ done: null, events: [...events] }], {
    onEvent: (event): any => {
      received.push(event.type);
      if (event.type === "token") throw new Error("boom");
      return Promise.reject(new Error("later"));
    },
  });
  await ajo.capping.list();
  await sleep();
  process.off("unhandledRejection", listener);
  assert.deepEqual(received, ["token", "response"]);
  assert.deepEqual(rejected, []);
});

test("an unknown step cancels the call", async () => {
  const { ajo, core } = scriptedClient([{ dance: true } as never]);
  assert.ok((await rejection(ajo.capping.list())) instanceof AjoInternalError);
  assert.deepEqual(core.cancelled, [1]);
});

test("after a panic the next call works", async () => {
  const { ajo } = scriptedClient([{ storeGet: { key: "k", timeoutMs: 1000 } }, done], {
    tokenStore: { get: async () => (await sleep(), null), set: () => {} },
  });
  const pending = rejection(ajo.capping.list());
  const other = scriptedClient(["panic"]);
  const error = await rejection(other.ajo.capping.list());
  assert.ok(error instanceof AjoInternalError);
  assert.equal(error.code, "INTERNAL");
  assert.match((error.cause as Error).message, /unreachable/);
  const lost = await pending;
  assert.ok(lost instanceof AjoInternalError);
  assert.deepEqual([lost.operation, lost.attempts, lost.hint], ["capping.list", 0, undefined]);

  const after = scriptedClient([done]);
  await after.ajo.capping.list();
  // The first client is opened in the new instance.
  const openedBefore = after.core.opened.length;
  await ajo.capping.list();
  assert.equal(after.core.opened.length, openedBefore + 1);
});

test("a call lost to a panic has an unknown outcome", async () => {
  const attempt = { type: "attempt", operation: "capping.create", attempt: 1, requestId: "r" } as const;
  let respond = (_: Response): void => {};
  const fetch: any = () => new Promise((resolve) => (respond = resolve));
  const other = scriptedClient([{ ...sendStep(), events: [attempt] }], { fetch });
  const lost = rejection(other.ajo.capping.create({} as never));
  await sleep();
  const panicked = await rejection(scriptedClient([{ ...sendStep(), events: [attempt] }, "panic"], { fetch: asFetch(() => new Response("{}")) }).ajo.capping.create({} as never));
  respond(new Response("{}"));
  for (const error of [panicked, await lost]) {
    assert.ok(error instanceof AjoInternalError);
    assert.deepEqual([error.operation, error.attempts, error.code], ["capping.create", 1, "INTERNAL"]);
    assert.match(error.message, /^the WebAssembly module failed/);
    assert.match(error.hint ?? "", /may have processed the call/);
  }
});

test("a panic in resume and invalid JSON are errors", async () => {
  assert.ok((await rejection(scriptedClient([{ wait: 1 }, "panic"]).ajo.capping.list())) instanceof AjoInternalError);
  const { ajo, core } = scriptedClient([done]);
  core.start = () => "garbage";
  assert.ok((await rejection(ajo.capping.list())) instanceof AjoInternalError);
});

test("100 concurrent calls have their own steps", async () => {
  const { ajo, core } = scriptedClient([{ wait: 1 }, sendStep(), done], { fetch: (async () => new Response("ok")) as any });
  await Promise.all(Array.from({ length: 100 }, () => ajo.capping.list()));
  assert.equal(core.outcomes.length, 200);
});
