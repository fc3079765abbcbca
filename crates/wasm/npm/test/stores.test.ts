// Tests the token stores in Node.js. Durable Objects and KV also run in workerd: see test/stores.

import assert from "node:assert/strict";
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, promises, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createDurableObjectStore, TokenStoreObject } from "../src/stores/durable-object.js";
import { createFileStore } from "../src/stores/file.js";
import { createKvStore } from "../src/stores/kv.js";
import type { TokenStore } from "../src/stores/token-store.js";
import { rejection, TOKEN } from "./support.js";

const KEY = "0f".repeat(32);
const OTHER = "1e".repeat(32);
/** The id of a user. */
const OTHER_USER = 54_321;
const START = 1_800_000_000_000;

let directory: string;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(tmpdir(), "ajo-stores-")), "tokens");
  mock.timers.enable({ apis: ["Date"], now: START });
});
afterEach(() => {
  mock.reset();
  mock.timers.reset();
  syncBuiltinESMExports();
  rmSync(path.dirname(directory), { recursive: true, force: true });
});

/** Workers KV. It deletes expired entries, and refuses lifetimes below a minute. */
class KvStub {
  entries = new Map<string, { value: string; expiresAt: number }>();

  async get(key: string): Promise<string | null> {
    const entry = this.entries.get(key);
    return entry !== undefined && Date.now() < entry.expiresAt ? entry.value : null;
  }

  async put(key: string, value: string, { expirationTtl }: { expirationTtl: number }): Promise<void> {
    if (!Number.isInteger(expirationTtl) || expirationTtl < 60) throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${expirationTtl}`);
    this.entries.set(key, { value, expiresAt: Date.now() + expirationTtl * 1000 });
  }
}

/** A namespace whose objects run in this process. */
class NamespaceStub {
  storages = new Map<string, Map<string, unknown>>();
  alarms = new Map<string, number>();
  #objects = new Map<string, Promise<TokenStoreObject>>();

  idFromName(name: string): string {
    return name;
  }

  get(name: string) {
    return { fetch: async (url: string, init: RequestInit) => (await this.object(name)).fetch(new Request(url, init)) };
  }

  object(name: string): Promise<TokenStoreObject> {
    const object = this.#objects.get(name) ?? this.#start(name);
    this.#objects.set(name, object);
    return object;
  }

  /** Stops all objects. Only their storage remains. */
  restart(): void {
    this.#objects.clear();
  }

  async #start(name: string): Promise<TokenStoreObject> {
    const entries = this.storages.get(name) ?? new Map<string, unknown>();
    this.storages.set(name, entries);
    let ready: Promise<unknown> = Promise.resolve();
    const object = new TokenStoreObject({
      storage: {
        get: async (key) => structuredClone(entries.get(key)),
        put: async (key, value) => void entries.set(key, structuredClone(value)),
        delete: async (key) => entries.delete(key),
        setAlarm: async (time) => void this.alarms.set(name, time),
      },
      blockConcurrencyWhile: (callback) => {
        const result = callback();
        ready = result;
        return result;
      },
    });
    await ready;
    return object;
  }
}

const all: [name: string, create: () => TokenStore][] = [
  ["KV", () => createKvStore(new KvStub())],
  ["Durable Object", () => createDurableObjectStore(new NamespaceStub())],
  ["file", () => createFileStore(directory)],
];
const locking = all.slice(1) as [name: string, create: () => Required<TokenStore>][];

for (const [name, create] of all) {
  test(`${name}: set replaces the value of one key`, async () => {
    const store = create();
    assert.equal((await store.get(KEY)) ?? undefined, undefined);
    await store.set(KEY, "old", 3600);
    const value = JSON.stringify({ token: `${TOKEN} ü\u2028"` });
    await store.set(KEY, value, 3600);
    await store.set(OTHER, "other", 3600);
    assert.equal(await store.get(KEY), value);
    assert.equal(await store.get(OTHER), "other");
  });
}

for (const [name, create] of locking) {
  test(`${name}: one of 200 lock attempts succeeds`, async () => {
    const store = create();
    for (let round = 0; round < 3; round += 1) {
      const attempts = await Promise.all(Array.from({ length: 200 }, () => store.lock(KEY, 12)));
      const releases = attempts.filter((release) => release !== undefined);
      assert.equal(releases.length, 1);
      assert.equal(await store.lock(KEY, 12), undefined);
      assert.equal(typeof (await store.lock(`${OTHER}${round}`, 12)), "function", "another key");
      await releases[0]!();
    }
  });

  test(`${name}: lock ends after its lease`, async () => {
    const store = create();
    const first = await store.lock(KEY, 12);
    mock.timers.tick(11_999);
    assert.equal(await store.lock(KEY, 12), undefined);
    mock.timers.tick(1);
    const attempts = await Promise.all(Array.from({ length: 200 }, () => store.lock(KEY, 12)));
    const [second, ...more] = attempts.filter((release) => release !== undefined);
    assert.equal(more.length, 0);
    // Too late: the lock has another holder.
    await first!();
    assert.equal(await store.lock(KEY, 12), undefined);
    await second!();
    await first!();
    const third = await store.lock(KEY, 12);
    await second!();
    assert.equal(await store.lock(KEY, 12), undefined);
    await third!();
    assert.equal(typeof (await store.lock(KEY, 12)), "function");
  });
}

test("KV: lifetime is at least a minute", async () => {
  const namespace = new KvStub();
  const store = createKvStore(namespace);
  assert.equal(store.lock, undefined);
  for (const [ttlSeconds, expected] of [[1, 60], [60, 60], [3600, 3600], [3600.5, 3601]]) {
    await store.set(KEY, "value", ttlSeconds!);
    assert.equal(namespace.entries.get(`ajo-limits:token:${KEY}`)?.expiresAt, START + expected! * 1000);
  }
  mock.timers.tick(3601_000);
  assert.equal(await store.get(KEY), null);
});

test("Durable Object: token expires and is deleted", async () => {
  const namespace = new NamespaceStub();
  const store = createDurableObjectStore(namespace);
  await store.set(KEY, TOKEN, 3600);
  assert.equal(namespace.alarms.get(KEY), START + 3600_000);
  const object = await namespace.object(KEY);
  await object.alarm();
  mock.timers.tick(3599_999);
  assert.equal(await store.get(KEY), TOKEN);
  mock.timers.tick(1);
  assert.equal(await store.get(KEY), null);
  assert.equal(namespace.storages.get(KEY)?.size, 1);
  await object.alarm();
  assert.equal(namespace.storages.get(KEY)?.size, 0);
});

test("Durable Object: token survives a restart", async () => {
  const namespace = new NamespaceStub();
  const store = createDurableObjectStore(namespace);
  await store.set(KEY, TOKEN, 3600);
  namespace.restart();
  assert.equal(await store.get(KEY), TOKEN);
  mock.timers.tick(3600_000);
  namespace.restart();
  assert.equal(await store.get(KEY), null);
});

test("file: token has the name and content of the Rust crate", async () => {
  await createFileStore(directory).set(KEY, TOKEN, 3600);
  assert.deepEqual(readdirSync(directory), [`${KEY}.json`]);
  const file = path.join(directory, `${KEY}.json`);
  assert.equal(readFileSync(file, "utf8"), TOKEN);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test("file: relative path is resolved once", async () => {
  const current = process.cwd();
  try {
    process.chdir(path.dirname(directory));
    const store = createFileStore("tokens");
    process.chdir(current);
    await store.set(KEY, TOKEN, 3600);
    assert.equal(await createFileStore(directory).get(KEY), TOKEN);
  } finally {
    process.chdir(current);
  }
});

test("file: locks leave two small files", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  for (let round = 0; round < 20; round += 1) await (await store.lock(KEY, 12))!();
  assert.deepEqual(readdirSync(directory).sort(), [`${KEY}.lock-19`, `${KEY}.lock-20`]);
  for (const name of readdirSync(directory)) assert.equal(statSync(path.join(directory, name)).mode & 0o777, 0o600);
});

test("file: release of a deleted lock does nothing", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  const release = await store.lock(KEY, 12);
  rmSync(path.join(directory, `${KEY}.lock-1`));
  await release!();
  assert.deepEqual(readdirSync(directory), []);
});

test("file: lock from the future is over", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  await store.lock(KEY, 12);
  mock.timers.setTime(START - 3600_000);
  assert.equal(typeof (await store.lock(KEY, 12)), "function");
});

test("file: damaged lock is over", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  await store.lock(KEY, 12);
  for (const [index, text] of ["", "x y", `${START}`].entries()) {
    writeFileSync(path.join(directory, `${KEY}.lock-${index + 1}`), text);
    assert.equal(typeof (await store.lock(KEY, 12)), "function", text);
  }
});

test("file: shared files are refused", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  await store.set(KEY, TOKEN, 3600);
  await store.lock(KEY, 12);
  const file = path.join(directory, `${KEY}.json`);
  chmodSync(file, 0o644);
  assert.match(await message(store.get(KEY)), /other users can access .*\.json: its mode is 644, not 600/);
  chmodSync(path.join(directory, `${KEY}.lock-1`), 0o660);
  assert.match(await message(store.lock(KEY, 12)), /other users can access .*\.lock-1: its mode is 660, not 600/);
  await store.set(KEY, "new", 3600);
  assert.equal(await store.get(KEY), "new", "the file is replaced");

  chmodSync(directory, 0o770);
  for (const use of [() => store.get(KEY), () => store.set(KEY, TOKEN, 1), () => store.lock(OTHER, 1)]) {
    assert.match(await message(use()), /other users can write to .*: its mode is 770/);
  }
  chmodSync(directory, 0o1777);
  assert.equal(await store.get(KEY), "new");
});

test("file: files of other users are refused", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  await store.set(KEY, TOKEN, 3600);
  await store.lock(KEY, 12);
  giveAway(path.join(directory, `${KEY}.json`), path.join(directory, `${KEY}.lock-1`));
  assert.match(await message(store.get(KEY)), /\.json belongs to another user \(uid \d+\)/);
  assert.match(await message(store.lock(KEY, 12)), /(tokens|\.lock-1) belongs to another user \(uid \d+\)/);
  giveAway(directory);
  for (const use of [() => store.set(KEY, TOKEN, 1), () => store.lock(OTHER, 1)]) {
    assert.match(await message(use()), /tokens belongs to another user \(uid \d+\)/);
  }
});

/** Gives the files to another user. Only root can do that, so others pretend to be another user themselves. */
function giveAway(...files: string[]): void {
  if (process.geteuid?.() === 0) for (const file of files) chownSync(file, OTHER_USER, OTHER_USER);
  else if (process.geteuid?.() !== OTHER_USER) mock.method(process as Required<NodeJS.Process>, "geteuid", () => OTHER_USER);
}

test("file: only regular files of a sane size are read", async () => {
  const store = createFileStore(directory);
  await store.set(OTHER, TOKEN, 3600);
  const file = path.join(directory, `${KEY}.json`);
  symlinkSync(path.join(directory, `${OTHER}.json`), file);
  assert.match(await message(store.get(KEY)), /ELOOP/);
  // The link is replaced, not its target.
  await store.set(KEY, "new", 3600);
  assert.ok(!lstatSync(file).isSymbolicLink());
  assert.equal(await store.get(OTHER), TOKEN);
  await store.set(KEY, "x".repeat(64 * 1024), 3600);
  assert.equal((await store.get(KEY))?.length, 64 * 1024);
  await store.set(KEY, "x".repeat(64 * 1024 + 1), 3600);
  assert.match(await message(store.get(KEY)), /more than 65536 bytes/);
  rmSync(file);
  mkdirSync(file);
  assert.match(await message(store.get(KEY)), /is not a regular file/);
  assert.match(await message(store.set(KEY, TOKEN, 3600)), /EISDIR|ENOTEMPTY|EEXIST/);
  assert.deepEqual(readdirSync(directory).sort(), [`${KEY}.json`, `${OTHER}.json`], "no temporary file is left");
});

test("file: readers see complete tokens", async () => {
  const store = createFileStore(directory);
  const values = ["a", "b"].map((letter) => letter.repeat(60_000));
  await store.set(KEY, values[0]!, 3600);
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      if (index % 2 === 0) await store.set(KEY, values[(index / 2) % 2]!, 3600);
      else assert.ok(values.includes((await store.get(KEY))!));
    }),
  );
});

test("file: slow process does not take an old lock", async () => {
  const store = createFileStore(directory) as Required<TokenStore>;
  await store.lock(KEY, 12);
  mock.timers.tick(12_000);
  const { link } = promises;
  mock.method(promises, "link", async (from: string, to: string) => {
    // The process has seen the lock 1 expire. Others have had the locks 2 to 4 since.
    rmSync(path.join(directory, `${KEY}.lock-1`));
    writeFileSync(path.join(directory, `${KEY}.lock-4`), `${START} ${START + 24_000}\n`, { mode: 0o600 });
    await link(from, to);
  });
  syncBuiltinESMExports();
  assert.equal(await store.lock(KEY, 12), undefined);
  assert.deepEqual(readdirSync(directory), [`${KEY}.lock-4`]);
});

test("factories check their argument at once", () => {
  const secret = `secret ${TOKEN}`;
  for (const [create, argument, expected] of [
    [createKvStore, undefined, /createKvStore needs a KV namespace binding, but its argument has no method `get`/],
    [createKvStore, null, /no method `get`/],
    [createKvStore, secret, /no method `get`/],
    [createKvStore, new Map([[secret, secret]]), /no method `put`/],
    [createKvStore, { get() {}, put: secret }, /no method `put`/],
    [createDurableObjectStore, undefined, /createDurableObjectStore needs a Durable Object namespace binding, but its argument has no method `idFromName`/],
    [createDurableObjectStore, { idFromName() {} }, /no method `get`/],
    [createDurableObjectStore, new KvStub(), /no method `idFromName`/],
    [createFileStore, undefined, /createFileStore needs the path of a directory/],
    [createFileStore, "", /path of a directory/],
    [createFileStore, { secret }, /path of a directory/],
  ] as const) {
    assert.throws(
      () => create(argument as never),
      (error: Error) => error instanceof TypeError && expected.test(error.message) && !error.message.includes("secret"),
    );
  }
});

test("errors of the platform reach the client", async () => {
  const failure = Object.assign(new Error("KV PUT failed: 429 Too Many Requests"), { code: 429 });
  const kv = createKvStore({ get: () => Promise.reject(failure), put: () => Promise.reject(failure) });
  assert.equal(await rejection(Promise.resolve(kv.get(KEY))), failure);
  assert.equal(await rejection(Promise.resolve(kv.set(KEY, TOKEN, 60))), failure);

  const lost = new Error("Network connection lost.");
  for (const [fetch, expected] of [
    [() => Promise.reject(lost), /^Network connection lost\.$/],
    [async () => new Response(`no such path: ${TOKEN}`, { status: 404 }), /^the Durable Object returned status 404; its class must be TokenStoreObject$/],
    [async () => new Response(`<html>${TOKEN}`), /^the Durable Object did not return JSON; its class must be TokenStoreObject$/],
  ] as const) {
    const store = createDurableObjectStore({ idFromName: (name) => name, get: () => ({ fetch }) }) as Required<TokenStore>;
    for (const use of [() => store.get(KEY), () => store.set(KEY, TOKEN, 60), () => store.lock(KEY, 12)]) {
      const error = await rejection(Promise.resolve(use()));
      assert.match(error.message, expected);
      assert.ok(!`${error.stack}`.includes(TOKEN));
    }
  }

  writeFileSync(directory, "");
  const file = createFileStore(directory) as Required<TokenStore>;
  assert.equal((await rejection(Promise.resolve(file.get(KEY)))).code, "ENOTDIR");
  assert.equal((await rejection(Promise.resolve(file.set(KEY, TOKEN, 60)))).code, "EEXIST");
  assert.equal((await rejection(Promise.resolve(file.lock(KEY, 12)))).code, "EEXIST");
});

async function message(promise: unknown): Promise<string> {
  return (await rejection(Promise.resolve(promise))).message;
}
