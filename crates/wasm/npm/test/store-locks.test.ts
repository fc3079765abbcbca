// The locks of a token store: the module knows them by number, and can hand the lock of an aborted call to another call.

import assert from "node:assert/strict";
import { test } from "node:test";
import { STORE_LOCKED, STORE_TIMEOUT, STORE_WRITTEN } from "../src/actions.js";
import { type Action, failed, lockStore, never, readStore, rejection, scriptedClient, sleep, unlockStore, useModule } from "./support.js";

/** A store that locks, and the keys whose locks were released. */
function lockingStore(lock: (release: () => void) => unknown) {
  const released: string[] = [];
  let locks = 0;
  const next = () => {
    const name = `lock ${(locks += 1)}`;
    return lock(() => void released.push(name));
  };
  return { released, tokenStore: { get: never, set: never, lock: next } as any };
}

/** The action that releases a lock. */
const unlock = (ticket: number | undefined): Action => ({ ...unlockStore, extra: ticket ?? 0 });
const slowRead: Action = { ...readStore, millis: 60_000 };

test("lock of an aborted call is released by the next", async () => {
  const { released, tokenStore } = lockingStore((release) => release);
  const { ajo, module } = scriptedClient([lockStore, slowRead], { tokenStore });
  const controller = new AbortController();
  const aborted = rejection(ajo.capping.list({ signal: controller.signal }));
  await sleep();
  controller.abort();
  await aborted;
  assert.equal(module.reports[0]?.input, STORE_LOCKED);
  const next = useModule(unlock(module.reports[0]?.value), failed());
  await rejection(ajo.capping.list());
  assert.deepEqual(next.reports, [{ input: STORE_WRITTEN }]);
  assert.deepEqual(released, ["lock 1"]);
});

test("locks of concurrent calls have own numbers", async () => {
  const { released, tokenStore } = lockingStore((release) => release);
  const { ajo, module } = scriptedClient([lockStore, ({ value }) => unlock(value), failed()], { tokenStore });
  await Promise.all([1, 2, 3].map(() => rejection(ajo.capping.list())));
  assert.deepEqual(module.reports.flatMap(({ value }) => value ?? []), [1, 2, 3]);
  assert.deepEqual(released, ["lock 1", "lock 2", "lock 3"]);
});

test("lock is released once", async () => {
  const { released, tokenStore } = lockingStore((release) => release);
  const { ajo } = scriptedClient([lockStore, unlock(1), unlock(1), unlock(2), failed()], { tokenStore });
  await rejection(ajo.capping.list());
  assert.deepEqual(released, ["lock 1"]);
});

test("lock after its time limit is released", async () => {
  const { released, tokenStore } = lockingStore((release) => sleep(50).then(() => release));
  const { ajo, module } = scriptedClient([lockStore, failed()], { tokenStore });
  await rejection(ajo.capping.list());
  assert.deepEqual(module.reports, [{ input: STORE_TIMEOUT }]);
  assert.deepEqual(released, []);
  await sleep(60);
  assert.deepEqual(released, ["lock 1"]);
});

test("lock after an abort is released", async () => {
  const { released, tokenStore } = lockingStore((release) => sleep(30).then(() => release));
  const { ajo, module } = scriptedClient([{ ...lockStore, millis: 60_000 }], { tokenStore });
  await rejection(ajo.capping.list({ signal: AbortSignal.timeout(5) }));
  await sleep(60);
  assert.deepEqual([module.reports, released], [[], ["lock 1"]]);
});

test("failing release of a late lock is ignored", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const releases = [() => Promise.reject(new Error("no")), () => { throw new Error("no"); }, undefined];
  for (const release of releases) {
    const { tokenStore } = lockingStore(() => sleep(20).then(() => release));
    await rejection(scriptedClient([{ ...lockStore, millis: 1 }, failed()], { tokenStore }).ajo.capping.list());
  }
  await sleep(40);
  process.off("unhandledRejection", listener);
  assert.deepEqual(unhandled, []);
});
