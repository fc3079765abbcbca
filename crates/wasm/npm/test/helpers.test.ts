import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoAuthError, AjoInternalError } from "../src/errors.js";
import { type Answer, clientOn, failure, fetching, lastTold, never, over, sending, soon, TOKEN } from "./support.js";

const get = { storeGet: { key: "key", timeoutMs: 20 } };
const set = { storeSet: { key: "key", value: `{"token":"${TOKEN}"}`, ttlSeconds: 60, timeoutMs: 20 } };

async function told(line: object, options: any): Promise<Answer> {
  return lastTold(clientOn([line, over], options));
}

test("a Map is a token store", async () => {
  const tokenStore = new Map<string, string>() as any;
  assert.deepEqual(await told(get, { tokenStore }), { value: null, body: "" });
  assert.deepEqual(await told(set, { tokenStore }), { body: "" });
  assert.deepEqual(await told(get, { tokenStore }), { value: set.storeSet.value, body: "" });
});

test("a store is called as the method that it is, with key, value and seconds", async () => {
  const calls: unknown[] = [];
  class Store {
    get(key: string) {
      calls.push([this instanceof Store, key]);
      return Promise.resolve("kept");
    }
    set(...given: unknown[]) {
      calls.push(given);
    }
  }
  assert.equal((await told(get, { tokenStore: new Store() })).value, "kept");
  await told(set, { tokenStore: new Store() });
  assert.deepEqual(calls, [[true, "key"], ["key", set.storeSet.value, 60]]);
});

test("a store that hangs, throws, rejects or answers rubbish is told to the core", async () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const cases: [any, string, string][] = [
    [never, "timeout", "no answer within the time limit"],
    [boom, "broken", "boom"],
    [async () => boom(), "broken", "boom"],
    [() => 5, "broken", "the store gave a value of type number in place of a string"],
    [() => ({ token: TOKEN }), "broken", "the store gave a value of type object in place of a string"],
  ];
  for (const [work, problem, detail] of cases) {
    const answer = await told(get, { tokenStore: { get: work, set: work } });
    // What was to be read may be in its words.
    assert.deepEqual([answer.problem, answer.detail], [problem, detail.replace("boom", "Error")]);
  }
  assert.equal((await told(set, { tokenStore: { get: boom, set: boom } })).detail, "boom");
});

test("an error of a store that repeats the token is masked", async () => {
  const tokenStore = {
    get: never,
    set: () => Promise.reject(Object.assign(new Error("failed"), { command: ["set", JSON.stringify({ token: TOKEN })] })),
  };
  const failed = { failed: { kind: "auth", code: "AUTH", message: "no" } };
  const error = await failure(clientOn([set, failed], { tokenStore }).ajo.capping.list());
  assert.ok(error instanceof AjoAuthError);
  assert.equal((error.cause as Error).message, "failed");
  assert.equal("command" in (error.cause as Error), false);
});

test("accessToken is asked, and what it gives instead of a token is told without its content", async () => {
  const ask = { token: { timeoutMs: 20 } };
  const of = (accessToken: any): Promise<Answer> => told(ask, { accessToken });
  assert.equal((await of(() => TOKEN)).token, TOKEN);
  assert.equal((await of(async () => TOKEN)).token, TOKEN);
  assert.equal((await of(never)).problem, "timeout");
  assert.deepEqual(await of(() => undefined), { problem: "broken", detail: "accessToken gave undefined in place of a string", body: "" });
  assert.match((await of(() => ({ token: TOKEN }))).detail ?? "", /a value of type object/);
  const boom = (): never => {
    throw new Error("boom");
  };
  assert.equal((await of(boom)).detail, "boom");
  assert.equal((await of(() => Promise.reject(null))).detail, "no reason given");
});

test("halves of surrogate pairs from functions of the caller never reach the core", async () => {
  assert.equal((await told({ token: { timeoutMs: 20 } }, { accessToken: () => "t\ud800" })).token, "t\ufffd");
  assert.equal((await told(get, { tokenStore: { get: () => "\udc00v", set: never } })).value, "\ufffdv");
});

test("events are told in order, and a listener that throws or rejects harms nothing", async () => {
  const rejected: unknown[] = [];
  const listener = (reason: unknown): void => void rejected.push(reason);
  process.on("unhandledRejection", listener);
  const heard: string[] = [];
  const events = [{ type: "token", source: "host", ok: true }, { type: "answer", operation: "o", attempt: 1, durationMs: 2 }] as const;
  const { ajo } = clientOn([{ done: null, events: [...events] }], {
    onEvent: (event): any => {
      heard.push(event.type);
      if (event.type === "token") throw new Error("boom");
      return Promise.reject(new Error("later"));
    },
  });
  await ajo.capping.list();
  await soon();
  process.off("unhandledRejection", listener);
  assert.deepEqual(heard, ["token", "answer"]);
  assert.deepEqual(rejected, []);
});

test("a step that nobody knows gives the call up", async () => {
  const { ajo, core } = clientOn([{ dance: true } as never]);
  assert.ok((await failure(ajo.capping.list())) instanceof AjoInternalError);
  assert.deepEqual(core.cancelled, [1]);
});

test("a panic is an error, the calls under way are lost, and the next call works", async () => {
  const { ajo } = clientOn([{ storeGet: { key: "k", timeoutMs: 1000 } }, over], {
    tokenStore: { get: async () => (await soon(), null), set: () => {} },
  });
  const underWay = failure(ajo.capping.list());
  const other = clientOn(["panic"]);
  const error = await failure(other.ajo.capping.list());
  assert.ok(error instanceof AjoInternalError);
  assert.equal(error.code, "INTERNAL");
  assert.match((error.cause as Error).message, /unreachable/);
  const lost = await underWay;
  assert.ok(lost instanceof AjoInternalError);
  assert.deepEqual([lost.operation, lost.attempts, lost.hint], ["capping.list", 0, undefined]);

  const after = clientOn([over]);
  await after.ajo.capping.list();
  // The first client is opened again in the new instance.
  const again = after.core.opened.length;
  await ajo.capping.list();
  assert.equal(after.core.opened.length, again + 1);
});

test("a call that was sent and lost to a panic says which it is, and that its outcome is unknown", async () => {
  const attempt = { type: "attempt", operation: "capping.create", attempt: 1, requestId: "r" } as const;
  let answer = (_: Response): void => {};
  const fetch: any = () => new Promise((resolve) => (answer = resolve));
  const neighbor = clientOn([{ ...sending(), events: [attempt] }], { fetch });
  const lost = failure(neighbor.ajo.capping.create({} as never));
  await soon();
  const itself = await failure(clientOn([{ ...sending(), events: [attempt] }, "panic"], { fetch: fetching(() => new Response("{}")) }).ajo.capping.create({} as never));
  answer(new Response("{}"));
  for (const error of [itself, await lost]) {
    assert.ok(error instanceof AjoInternalError);
    assert.deepEqual([error.operation, error.attempts, error.code], ["capping.create", 1, "INTERNAL"]);
    assert.match(error.message, /^the core failed/);
    assert.match(error.hint ?? "", /Whether the service did it is unknown/);
  }
});

test("a panic in an answer, and an answer that is not JSON, are errors too", async () => {
  assert.ok((await failure(clientOn([{ wait: 1 }, "panic"]).ajo.capping.list())) instanceof AjoInternalError);
  const { ajo, core } = clientOn([over]);
  core.start = () => "rubbish";
  assert.ok((await failure(ajo.capping.list())) instanceof AjoInternalError);
});

test("100 calls at once each have their own steps", async () => {
  const { ajo, core } = clientOn([{ wait: 1 }, sending(), over], { fetch: (async () => new Response("ok")) as any });
  await Promise.all(Array.from({ length: 100 }, () => ajo.capping.list()));
  assert.equal(core.answers.length, 200);
});
