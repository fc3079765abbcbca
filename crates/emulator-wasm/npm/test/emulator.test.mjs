import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createEmulator, EmulatorError } from "ajo-limits-emulator";
import { capping, createSender, NOW } from "./support.mjs";

test("a token expires when the clock advances", async () => {
  const emulator = createEmulator();
  const send = createSender(emulator);
  emulator.clock.freeze(NOW);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 200);
  emulator.clock.advance(86_399);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 401);
});

test("the clock can be set, frozen, advanced and sped up", () => {
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

test("a fault applies as often as set, and can be cleared", async () => {
  const emulator = createEmulator();
  const send = createSender(emulator);
  const fault = { at: "capping.list", when: "first:1", fault: "busy:30" };
  assert.deepEqual(emulator.faults.set(fault), [fault]);
  const busy = await send("POST", "/list/endpointConfigs");
  assert.deepEqual([busy.status, busy.headers.get("retry-after")], [429, "30"]);
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 200);
  emulator.faults.clear();
  assert.deepEqual(emulator.faults.list(), []);
});

test("the request log has filters and lists unknown fields", async () => {
  const emulator = createEmulator();
  const send = createSender(emulator);
  await send("POST", "/endpointConfigs?forse=true", { ...capping, color: "red" });
  await send("GET", "/endpointConfig");
  const [token, create, unknown] = emulator.requestLog.list();
  assert.deepEqual([token.operation, create.operation, unknown.operation], ["token", "capping.create", null]);
  assert.deepEqual(create.unknownFields.toSorted?.() ?? [...create.unknownFields].sort(), ["/color", "?forse"]);
  assert.ok(unknown.closestPath.endsWith("/endpointConfigs"));
  assert.deepEqual(emulator.requestLog.list({ mutating: true }), [create]);
  assert.deepEqual(emulator.requestLog.list({ operation: "token" }), [token]);
  assert.deepEqual(emulator.requestLog.list({ since: create.number }), [unknown]);
  emulator.requestLog.clear();
  assert.deepEqual(emulator.requestLog.list(), []);
});

test("a snapshot can be restored in another emulator", async () => {
  const one = createEmulator();
  await createSender(one)("POST", "/endpointConfigs", capping);
  const snapshot = one.snapshot();
  const other = createEmulator({ seed: 5 });
  other.restore(JSON.parse(JSON.stringify(snapshot)));
  assert.deepEqual(other.snapshot(), snapshot);
  other.reset();
  assert.equal(other.control("GET", "/configs").total, 0);
  assert.equal(one.control("GET", "/configs").total, 1, "emulators share no state");
  assert.throws(() => other.restore({ version: 2, organizations: {} }), { name: "EmulatorError", code: "REJECTED", status: 400 });
});

test("concurrent edits, quirks and token revocation work", async () => {
  const emulator = createEmulator();
  const send = createSender(emulator);
  const { uid } = await (await send("POST", "/endpointConfigs", capping)).json();
  emulator.addConcurrentEdit({ before: "capping.get", uid, mutation: "delete" });
  assert.equal((await send("GET", `/endpointConfigs/${uid}`)).status, 404);
  assert.equal(emulator.quirks().undeploy_idle, "refused");
  assert.equal(emulator.quirks({ undeploy_idle: "no_content" }).undeploy_idle, "no_content");
  emulator.revokeTokens();
  assert.equal((await send("POST", "/list/endpointConfigs")).status, 401);
});

test("the first client is in `options`", async () => {
  const acme = { clientId: "acme", clientSecrets: ["new", "old"], orgId: "ACME@AdobeOrg", scopes: ["openid", "AdobeID"] };
  const emulator = createEmulator({ clients: [acme], sandboxes: [{ name: "stage", production: true }], tokenLifetimeSeconds: 60 });
  const { options } = emulator;
  assert.deepEqual([options.clientId, options.clientSecret, options.orgId, options.scopes, options.sandbox], ["acme", "new", "ACME@AdobeOrg", "openid,AdobeID", "stage"]);
  assert.equal((await createSender(emulator)("POST", "/endpointConfigs", capping)).status, 200);
});

test("invalid use is explained in one sentence", () => {
  for (const [options, code, message] of [
    [null, "INVALID_OPTIONS", /`options` must be an object, not null/],
    [{ color: 1 }, "INVALID_OPTIONS", /unknown option `color`; expected one of clients, sandboxes/],
    [{ now: 5 }, "INVALID_OPTIONS", /`now` must be a function/],
    [{ auth: "maybe" }, "INVALID_OPTIONS", /auth: expected off, lenient, any or strict/],
    [{ clients: [] }, "INVALID_OPTIONS", /clients must not be empty/],
    [{ seed: -1 }, "INVALID_OPTIONS", /invalid value/],
  ]) {
    assert.throws(() => createEmulator(options), (error) => error instanceof EmulatorError && error.code === code && message.test(error.message));
  }
  const emulator = createEmulator();
  assert.throws(() => emulator.faults.set({ at: "capping.lst", fault: "reset" }), { code: "REJECTED", message: /`capping.lst` is not a valid target; expected/ });
  assert.throws(() => emulator.clock.speed(-1), { code: "REJECTED", message: /the clock speed must be from 0/ });
  assert.throws(() => emulator.control("GET", "nothing"), { code: "REJECTED", message: /must start with a slash/ });
  assert.throws(() => emulator.control("GET", "/nothing"), { code: "REJECTED", status: 404, message: /has no GET \/_emulator\/nothing/ });
  assert.throws(() => emulator.control("POST", "/simulate", {}), { code: "REJECTED", status: 501, message: /ajo simulate/ });
});

test("an environment without a global is named", () => {
  for (const name of ["WebAssembly", "TextEncoder", "TextDecoder"]) {
    const program = `
      delete globalThis.${name};
      const { createEmulator, EmulatorError } = await import("ajo-limits-emulator");
      try { createEmulator(); } catch (error) { console.log(JSON.stringify([error instanceof EmulatorError, error.code, error.message])); }`;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    const message = `this environment has no global ${name}, which ajo-limits-emulator needs`;
    assert.deepEqual(JSON.parse(output), [true, "UNSUPPORTED", message]);
  }
});

test("JSON of an error has its name and message", () => {
  const error = (use) => { try { use(); } catch (error) { return JSON.parse(JSON.stringify(error)); } };
  const emulator = createEmulator();
  const { message, ...fields } = error(() => emulator.control("GET", "/nothing"));
  assert.deepEqual(fields, { name: "EmulatorError", code: "REJECTED", status: 404 });
  assert.match(message, /has no GET/);
});

test("instanceof holds for both builds", () => {
  const other = createRequire(import.meta.url)("ajo-limits-emulator");
  assert.notEqual(other.EmulatorError, EmulatorError);
  const invalid = { now: 5 };
  assert.throws(() => other.createEmulator(invalid), EmulatorError);
  assert.throws(() => createEmulator(invalid), other.EmulatorError);
  assert.ok(!(new Error("another") instanceof EmulatorError));
});

test("a closed emulator can be closed again, but not used", async () => {
  const emulator = createEmulator();
  emulator.close();
  emulator.close();
  assert.throws(() => emulator.requestLog.list(), { code: "CLOSED" });
  assert.throws(() => emulator.reset(), { code: "CLOSED" });
  await assert.rejects(emulator.fetch("/"), { code: "CLOSED" });
});

test("after a trap, reset() recreates a lost emulator", async () => {
  const { Instance } = WebAssembly;
  let trap = false;
  // The next instance can be made to trap, as in a panic of the core.
  WebAssembly.Instance = class {
    constructor(module, imports) {
      const { exports } = new Instance(module, imports);
      const handle = (...args) => {
        if (trap) throw new WebAssembly.RuntimeError("unreachable");
        return exports.handle(...args);
      };
      return { exports: { ...exports, handle } };
    }
  };
  try {
    // The CommonJS build has its own instance.
    const { createEmulator } = createRequire(import.meta.url)("ajo-limits-emulator");
    const [one, other] = [createEmulator(), createEmulator()];
    trap = true;
    await assert.rejects(one.fetch("/nowhere"), (error) => error.code === "CRASHED" && error.cause instanceof WebAssembly.RuntimeError);
    trap = false;
    assert.throws(() => other.requestLog.list(), { code: "CRASHED", message: /call reset\(\)/ });
    assert.equal((await createEmulator().fetch("/nowhere")).status, 404);
    other.reset();
    assert.equal((await other.fetch("/nowhere")).status, 404);
    assert.throws(() => one.requestLog.list(), { code: "CRASHED" });
  } finally {
    WebAssembly.Instance = Instance;
  }
});

test("memory does not grow with emulators and calls", async () => {
  for (let count = 0; count < 1_000; count += 1) createEmulator().close();
  const emulator = createEmulator({ auth: "off" });
  const call = async () => (await emulator.fetch("/journey/orchestration/endpointConfigs/u-1")).text();
  for (let calls = 0; calls < 5_000; calls += 1) await call();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  for (let calls = 0; calls < Number(process.env.AJO_SOAK ?? 10_000); calls += 1) await call();
  const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().external - before;
  assert.ok(grown < 16 * 1024 * 1024, `memory grew by ${grown} bytes`);
});
