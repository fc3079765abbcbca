import assert from "node:assert/strict";
import { test } from "node:test";
import { STORE_FAILED, STORE_TIMEOUT, STORE_WRITTEN } from "../src/actions.js";
import { AjoAuthError } from "../src/errors.js";
import type { AjoEvent } from "../src/options.js";
import { type Action, callback, failed, never, readStore, rejection, type Report, scriptedClient, TOKEN, writeStore } from "./support.js";

const ENTRY = `{"accessToken":"${TOKEN}"}`;

/** The report for an action, and the problem in the event `store`. */
async function reportOf(action: Action, options: any): Promise<Report & { event?: string }> {
  const events: AjoEvent[] = [];
  const { ajo, module } = scriptedClient([action, failed()], { onEvent: (event: AjoEvent) => events.push(event), ...options });
  await rejection(ajo.capping.list());
  const [event] = events.filter(({ type }) => type === "store") as { problem: string }[];
  return { ...module.reports[0], ...(event && { event: event.problem }) };
}

test("a Map is a token store", async () => {
  const tokenStore = new Map<string, string>() as any;
  assert.deepEqual(await reportOf(readStore, { tokenStore }), { stored: undefined });
  assert.deepEqual(await reportOf(writeStore, { tokenStore }), { input: STORE_WRITTEN });
  assert.deepEqual(await reportOf(readStore, { tokenStore }), { stored: ENTRY });
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
  assert.equal((await reportOf(readStore, { tokenStore: new Store() })).stored, "stored");
  await reportOf(writeStore, { tokenStore: new Store() });
  assert.deepEqual(calls, [[true, "key"], ["key", ENTRY, 60]]);
});

test("failures of a store are reported", async () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const cases: [any, number, string][] = [
    [never, STORE_TIMEOUT, "no response within 20 ms"],
    // The message of a failed read may quote the value, so only the name is reported.
    [boom, STORE_FAILED, "tokenStore: Error"],
    [async () => boom(), STORE_FAILED, "tokenStore: Error"],
    [() => 5, STORE_FAILED, "tokenStore: tokenStore.get returned a value of type number instead of a string"],
    [() => ({ token: TOKEN }), STORE_FAILED, "tokenStore: tokenStore.get returned a value of type object instead of a string"],
  ];
  for (const [work, input, detail] of cases) {
    const tokenStore = { get: work, set: work };
    assert.deepEqual(await reportOf(readStore, { tokenStore }), { input, event: `the token store could not be read: ${detail}` });
  }
  const written = await reportOf(writeStore, { tokenStore: { get: boom, set: boom } });
  assert.deepEqual(written, { input: STORE_FAILED, event: "the token store could not be written: tokenStore: boom" });
});

test("the token is masked in errors of a store", async () => {
  const tokenStore = {
    get: never,
    set: () => Promise.reject(Object.assign(new Error("failed"), { command: ["set", JSON.stringify({ token: TOKEN })] })),
  };
  const error = await rejection(scriptedClient([writeStore, failed({ kind: "auth", code: "AUTH" })], { tokenStore }).ajo.capping.list());
  assert.ok(error instanceof AjoAuthError);
  assert.equal((error.cause as Error).message, "failed");
  assert.equal("command" in (error.cause as Error), false);
});

test("a wrong return value of accessToken is not quoted", async () => {
  const reportFor = (accessToken: any): Promise<Report> => reportOf(callback, { accessToken });
  assert.deepEqual(await reportFor(() => TOKEN), { token: TOKEN });
  assert.deepEqual(await reportFor(async () => TOKEN), { token: TOKEN });
  assert.deepEqual(await reportFor(never), { timedOut: true, detail: "no response within the time limit" });
  assert.deepEqual(await reportFor(() => undefined), { timedOut: false, detail: "accessToken returned undefined instead of a string" });
  assert.match((await reportFor(() => ({ token: TOKEN }))).detail ?? "", /a value of type object/);
  const boom = (): never => {
    throw new Error("boom");
  };
  assert.equal((await reportFor(boom)).detail, "boom");
  assert.equal((await reportFor(() => Promise.reject(null))).detail, "no error message");
});
