import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { caller, capping, createEmulator, directory, EmulatorError, NOW } from "./emulator.mjs";

test("the token expires when the clock is moved on", async () => {
  const emulator = createEmulator();
  const send = caller(emulator);
  emulator.clock.freeze(NOW);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 200);
  emulator.clock.advance(86_399);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 401);
});

test("the clock can be set, frozen, moved on and hurried", () => {
  let real = 1_000;
  const { clock } = createEmulator({ now: () => real });
  assert.equal(clock.now(), 1_000);
  assert.deepEqual(clock.freeze(), { nowMillis: 1_000, speed: 0 });
  real = 5_000;
  assert.equal(clock.now(), 1_000);
  assert.deepEqual(clock.advance(1.5), { nowMillis: 2_500, speed: 0 });
  assert.deepEqual(clock.speed(60), { nowMillis: 2_500, speed: 60 });
  real += 1_000;
  assert.equal(clock.now(), 62_500);
  assert.deepEqual(clock.set(new Date(NOW)), { nowMillis: NOW, speed: 60 });
  assert.deepEqual(clock.freeze(7), { nowMillis: 7, speed: 0 });
});

test("a fault is set, listed, strikes as often as it is to, and is taken away", async () => {
  const emulator = createEmulator();
  const send = caller(emulator);
  const fault = { at: "capping.list", when: "first:1", fault: "busy:30" };
  assert.deepEqual(emulator.faults.set(fault), [fault]);
  const busy = await send("POST", "/list/endpointConfigs");
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "30"]);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 200);
  emulator.faults.clear();
  assert.deepEqual(emulator.faults.list(), []);
});

test("the journal is narrowed down and forgotten, and tells what nothing read", async () => {
  const emulator = createEmulator();
  const send = caller(emulator);
  await send("POST", "/endpointConfigs?forse=true", { ...capping, color: "red" });
  await send("GET", "/endpointConfig");
  const [token, create, nowhere] = emulator.journal.list();
  assert.deepEqual([token.operation, create.operation, nowhere.operation], ["token", "capping.create", null]);
  assert.deepEqual(create.unread.toSorted?.() ?? [...create.unread].sort(), ["/color", "?forse"]);
  assert.ok(nowhere.closest.endsWith("/endpointConfigs"));
  assert.deepEqual(emulator.journal.list({ mutating: true }), [create]);
  assert.deepEqual(emulator.journal.list({ operation: "token" }), [token]);
  assert.deepEqual(emulator.journal.list({ since: create.number }), [nowhere]);
  emulator.journal.clear();
  assert.deepEqual(emulator.journal.list(), []);
});

test("a snapshot is taken up by another emulator, and a reset leaves nothing", async () => {
  const one = createEmulator();
  await caller(one)("POST", "/endpointConfigs", capping);
  const snapshot = one.snapshot();
  const other = createEmulator({ seed: 5 });
  other.restore(JSON.parse(JSON.stringify(snapshot)));
  assert.deepEqual(other.snapshot(), snapshot);
  other.reset();
  assert.equal(other.control("GET", "/configs").total, 0);
  assert.equal(one.control("GET", "/configs").total, 1, "they have nothing in common");
  assert.throws(() => other.restore({ version: 2, organizations: {} }), { name: "EmulatorError", code: "REFUSED", status: 400 });
});

test("somebody else acts before a call, other sides are taken, and tokens are revoked", async () => {
  const emulator = createEmulator();
  const send = caller(emulator);
  const { uid } = await (await send("POST", "/endpointConfigs", capping)).json();
  emulator.interfere({ before: "capping.get", uid, does: "delete" });
  assert.equal((await send("GET", `/endpointConfigs/${uid}`)).status, 404);
  assert.equal(emulator.switches().undeploy_idle, "refused");
  assert.equal(emulator.switches({ undeploy_idle: "no_content" }).undeploy_idle, "no_content");
  emulator.revokeTokens();
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 401);
});

test("the options say who may call, and the first caller is in `options`", async () => {
  const acme = { clientId: "acme", clientSecrets: ["new", "old"], orgId: "ACME@AdobeOrg", scopes: ["openid", "AdobeID"] };
  const emulator = createEmulator({ callers: [acme], sandboxes: [{ name: "stage", production: true }], tokenLifetimeSeconds: 60 });
  const { options } = emulator;
  assert.deepEqual([options.clientId, options.clientSecret, options.orgId, options.scopes, options.sandbox], ["acme", "new", "ACME@AdobeOrg", "openid,AdobeID", "stage"]);
  assert.equal((await caller(emulator)("POST", "/endpointConfigs", capping)).status, 200);
});

test("misuse is told in a sentence", () => {
  for (const [options, code, said] of [
    [null, "OPTIONS", /options are an object, not null/],
    [{ color: 1 }, "OPTIONS", /no option color; it has callers, sandboxes/],
    [{ now: 5 }, "OPTIONS", /now is a function/],
    [{ auth: "maybe" }, "OPTIONS", /auth: expected off, lenient or strict/],
    [{ callers: [] }, "OPTIONS", /there is no caller/],
    [{ seed: -1 }, "OPTIONS", /invalid value/],
  ]) {
    assert.throws(() => createEmulator(options), (error) => error instanceof EmulatorError && error.code === code && said.test(error.message));
  }
  const emulator = createEmulator();
  assert.throws(() => emulator.faults.set({ at: "capping.lst", fault: "reset" }), { code: "REFUSED", message: /`capping.lst` is no target; expected/ });
  assert.throws(() => emulator.clock.speed(-1), { code: "REFUSED", message: /a clock runs at a speed from 0/ });
  assert.throws(() => emulator.control("GET", "nothing"), { code: "REFUSED", message: /begins with a slash/ });
  assert.throws(() => emulator.control("GET", "/nothing"), { code: "REFUSED", status: 404, message: /has no GET \/_emulator\/nothing/ });
  assert.throws(() => emulator.control("POST", "/simulate", {}), { code: "REFUSED", status: 501, message: /ajo simulate/ });
});

test("a closed emulator says so, and closing twice is nothing", async () => {
  const emulator = createEmulator();
  emulator.close();
  emulator.close();
  assert.throws(() => emulator.journal.list(), { code: "CLOSED" });
  assert.throws(() => emulator.reset(), { code: "CLOSED" });
  await assert.rejects(emulator.fetch("/"), { code: "CLOSED" });
});

test("after a trap the module works again, and what was lost says so until it is reset", async () => {
  const { Instance } = WebAssembly;
  let trap = false;
  // The next instance is one that can be told to trap, as a panic of the core would.
  WebAssembly.Instance = class {
    constructor(module, imports) {
      const { exports } = new Instance(module, imports);
      const handle = (...given) => {
        if (trap) throw new WebAssembly.RuntimeError("unreachable");
        return exports.handle(...given);
      };
      return { exports: { ...exports, handle } };
    }
  };
  try {
    // CommonJS, which has an instance of its own.
    const { createEmulator } = createRequire(import.meta.url)(path.join(directory, "emulator.cjs"));
    const [one, other] = [createEmulator(), createEmulator()];
    trap = true;
    await assert.rejects(one.fetch("/nowhere"), (error) => error.code === "BROKEN" && error.cause instanceof WebAssembly.RuntimeError);
    trap = false;
    assert.throws(() => other.journal.list(), { code: "BROKEN", message: /reset\(\) makes it anew/ });
    assert.equal((await createEmulator().fetch("/nowhere")).status, 404);
    other.reset();
    assert.equal((await other.fetch("/nowhere")).status, 404);
    assert.throws(() => one.journal.list(), { code: "BROKEN" });
  } finally {
    WebAssembly.Instance = Instance;
  }
});

test("a thousand emulators and many calls leave the memory flat", async () => {
  for (let made = 0; made < 1_000; made += 1) createEmulator().close();
  const emulator = createEmulator({ auth: "off" });
  const call = async () => (await emulator.fetch("/journey/orchestration/endpointConfigs/u-1")).text();
  for (let calls = 0; calls < 5_000; calls += 1) await call();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  for (let calls = 0; calls < Number(process.env.AJO_SOAK ?? 10_000); calls += 1) await call();
  const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before;
  assert.ok(grown < 16 * 1024 * 1024, `${grown} bytes more`);
});
