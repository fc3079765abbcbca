// `setRating`, `setThroughput`, and the README's program that lowers limits at night.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { AjoClient, AjoValidationError, definitionOf, validateCapping, validateThrottling } from "ajo-limits";
import { createEmulator } from "ajo-limits-emulator";

const rating = (maxCallsCount) => ({ maxHttpConnections: 50, rating: { maxCallsCount, periodInMs: 1000 } });
const CAPPING = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { action: rating(500), dataSource: rating(10) },
  extra: { services: { action: { rating: { unit: "s" } } } },
};
const THROTTLING = { urlPattern: "https://api.example.org/data/2.5/*", methods: ["GET"], maxThroughput: 400 };

/** An emulator with a deployed configuration of each API. */
async function start() {
  const emulator = createEmulator();
  const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const { uid } = await ajo.capping.create(CAPPING);
  const throttling = await ajo.throttling.create(THROTTLING);
  await ajo.capping.deploy(uid);
  await ajo.throttling.deploy(throttling.uid);
  emulator.requestLog.clear();
  const calls = () => emulator.requestLog.list().flatMap(({ operation }) => operation ?? []);
  return { emulator, ajo, uid, throttlingUid: throttling.uid, calls };
}

test("setRating makes the new rating live", async () => {
  const { ajo, uid, calls } = await start();
  const { before, after, live } = await ajo.capping.setRating(uid, { service: "action", maxCallsCount: 50, periodInMs: 1000 });
  assert.deepEqual([before.services.action, after.services.action, live], [rating(500), rating(50), "new"]);
  assert.deepEqual(after.extra, CAPPING.extra, "unknown fields stay");
  const { deployedConfig } = await ajo.capping.get(uid);
  assert.deepEqual(deployedConfig.services.dataSource, rating(10));
  assert.equal(deployedConfig.services.action.rating.maxCallsCount, 50);
  const writes = calls().filter((it) => !/get|can_deploy/.test(it));
  assert.deepEqual(writes, ["capping.update", "capping.deploy"]);
  await ajo.capping.setRating(uid, { service: "action", maxCallsCount: 50, periodInMs: 1000 });
  assert.deepEqual(calls().filter((it) => it === "capping.update").length, 1, "nothing changes");
});

test("the service must be clear", async () => {
  const { ajo, uid } = await start();
  const change = { maxCallsCount: 5, periodInMs: 1000 };
  await assert.rejects(ajo.capping.setRating(uid, change), {
    name: "AjoValidationError",
    message: "capping.setRating failed: the configuration limits action and dataSource",
    hint: "Pass `service`.",
  });
  await ajo.capping.update(uid, { ...CAPPING, services: { action: rating(500) }, extra: {} });
  await assert.rejects(ajo.capping.setRating(uid, { ...change, service: "dataSource" }), {
    message: "capping.setRating failed: the configuration has no limit for dataSource; it limits action",
  });
  const { after, live } = await ajo.capping.setRating(uid, change);
  assert.deepEqual([after.services, live], [{ action: rating(5) }, "new"]);
});

test("rules are checked before a write", async () => {
  const { ajo, uid, throttlingUid, calls } = await start();
  const invalid = ajo.capping.setRating(uid, { service: "action", maxCallsCount: 0, periodInMs: 1000 });
  await assert.rejects(invalid, (error) => {
    assert.ok(error instanceof AjoValidationError);
    assert.match(error.message, /^capping\.setRating failed: .* \(ERR_ENDPOINTCONFIG_107\); nothing was changed$/);
    assert.equal(error.diagnostics.find(({ severity }) => severity === "error").pointer, "/services/action/rating/maxCallsCount");
    return true;
  });
  await assert.rejects(ajo.throttling.setThroughput(throttlingUid, 199), /ERR_THROTTLING_CONFIG_101/);
  assert.deepEqual(calls().filter((it) => !it.endsWith(".get")), []);
});

test("a limit that is not live is reported", async () => {
  const { ajo, uid, emulator } = await start();
  emulator.faults.set({ at: "capping.deploy", fault: "service:4000" });
  const change = { service: "action", maxCallsCount: 50, periodInMs: 1000 };
  await assert.rejects(ajo.capping.setRating(uid, change), { live: "old", code: "4000", operation: "capping.setRating" });
  emulator.reset();
});

test("an undeployed configuration stays undeployed", async () => {
  const { ajo, uid, throttlingUid } = await start();
  await ajo.capping.undeploy(uid);
  await ajo.throttling.undeploy(throttlingUid);
  assert.equal((await ajo.capping.setRating(uid, { service: "action", maxCallsCount: 5, periodInMs: 1000 })).live, "none");
  assert.equal((await ajo.throttling.setThroughput(throttlingUid, 300)).live, "none");
});

test("setThroughput is one update", async () => {
  const { ajo, throttlingUid, calls } = await start();
  const { before, after, live } = await ajo.throttling.setThroughput(throttlingUid, 300);
  assert.deepEqual([before.maxThroughput, after.maxThroughput, live], [400, 300, "new"]);
  assert.deepEqual(calls(), ["throttling.get", "throttling.update", "throttling.get"]);
});

test("all unknown fields of a configuration are reported", async () => {
  const { ajo, uid } = await start();
  const config = { ...(await ajo.capping.get(uid)), methods: ["GET"] };
  const unknown = validateCapping(config).filter(({ code }) => code === "AJO_LIMITS_UNKNOWN_FIELD");
  const names = unknown.map(({ pointer }) => pointer.slice(1));
  for (const name of ["uid", "_id", "state", "metadata", "deployedConfig", "hasBeenDeployed", "services/action/rating/unit"]) {
    assert.ok(names.includes(name), name);
  }
  await assert.rejects(ajo.capping.update(uid, config), { message: /unknown field/, hint: /definitionOf/ });
});

test("configurations of both APIs are written back", async () => {
  const { ajo, uid, throttlingUid, emulator } = await start();
  const config = await ajo.throttling.get(throttlingUid);
  const names = validateThrottling(config).filter(({ code }) => code === "AJO_LIMITS_UNKNOWN_FIELD").map(({ pointer }) => pointer);
  for (const name of ["/uid", "/state", "/metadata"]) assert.ok(names.includes(name), name);
  await assert.rejects(ajo.throttling.update(throttlingUid, config), { message: /unknown field/, hint: /definitionOf/ });
  await ajo.throttling.update(throttlingUid, { ...definitionOf(config), maxThroughput: 300 });
  const changed = await ajo.throttling.get(throttlingUid);
  assert.deepEqual(definitionOf(changed), { ...definitionOf(config), maxThroughput: 300 });
  // To another sandbox.
  const dev = new AjoClient({ ...emulator.options, sandbox: "dev", fetch: emulator.fetch });
  const definition = definitionOf(await ajo.capping.get(uid));
  assert.deepEqual(validateCapping(definition).filter(({ severity }) => severity === "error"), []);
  const copy = await dev.capping.create(definition);
  assert.deepEqual(definitionOf(await dev.capping.get(copy.uid)), definition);
  // What is live.
  await ajo.capping.update(uid, definitionOf((await ajo.capping.get(uid)).deployedConfig));
});

test("credentials come from variables", async () => {
  const { emulator } = await start();
  const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = emulator.options;
  const urls = { AJO_SANDBOX: sandbox, AJO_BASE_URL: baseUrl, AJO_IMS_URL: imsUrl };
  const env = { ...urls, AJO_CLIENT_ID: clientId, AJO_CLIENT_SECRET: `${clientSecret}\n`, AJO_ORG_ID: orgId, AJO_SCOPES: [scopes].flat().join(" ") };
  const file = JSON.stringify({ CLIENT_ID: "other", CLIENT_SECRETS: [clientSecret], ORG_ID: orgId, SCOPES: [scopes].flat() });
  for (const variables of [env, { ...urls, AJO_CREDENTIALS: file, AJO_CLIENT_ID: clientId }]) {
    assert.equal((await AjoClient.fromEnv(variables, { fetch: emulator.fetch }).capping.list()).length, 1);
  }
  for (const [changes, message] of [
    [{ AJO_ORG_ID: "", AJO_SCOPES: " " }, /AJO_ORG_ID, AJO_SCOPES are not set/],
    [{ AJO_ORG_ID: "p8e-canary" }, /AJO_ORG_ID: /],
    [{ AJO_CREDENTIALS: "{p8e-canary" }, /AJO_CREDENTIALS: invalid JSON at line 1/],
    [{ AJO_CREDENTIALS: file, AJO_ORG_ID: "p8e-canary" }, /AJO_ORG_ID: /],
    [{ AJO_SANDBOX: "canary sandbox" }, /^AjoClient\.fromEnv: AJO_SANDBOX: its value is not a valid sandbox name/],
    [{ AJO_BASE_URL: "http://canary" }, /^AjoClient\.fromEnv: AJO_BASE_URL: invalid base URL: its value cannot be used/],
    [{ AJO_IMS_URL: "http://canary" }, /^AjoClient\.fromEnv: AJO_IMS_URL: invalid token endpoint: its value cannot be used/],
    [{ AJO_ACCESS_TOKEN: "canary token" }, /^AjoClient\.fromEnv: AJO_ACCESS_TOKEN: /],
    [{ AJO_ACCESS_TOKEN: "token-0123456789", AJO_ORG_ID: "canary" }, /^AjoClient\.fromEnv: AJO_ORG_ID: /],
    [{ AJO_ACCESS_TOKEN: "token-0123456789", AJO_CLIENT_ID: "canary\ncanary" }, /^AjoClient\.fromEnv: AJO_CLIENT_ID: /],
  ]) {
    assert.throws(() => AjoClient.fromEnv({ ...env, ...changes }), (error) => {
      assert.match(error.message, message);
      assert.ok(error instanceof AjoValidationError && error.code === "CONFIG");
      assert.doesNotMatch(JSON.stringify([error.message, error.hint]), /canary/);
      return true;
    });
  }
});

test("a call returns its response", async () => {
  const { ajo, uid } = await start();
  const { data, status, headers, requestId, attempts } = await ajo.capping.get(uid).withResponse();
  assert.deepEqual([data.uid, status, attempts], [uid, 200, 1]);
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  assert.match(headers.get("content-type"), /json/);
});

test("all kinds of calls share one listener on a signal", async () => {
  const { ajo, uid, emulator } = await start();
  const { signal } = new AbortController();
  let [now, most] = [0, 0];
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args) => ((most = Math.max(most, ++now)), add(...args));
  signal.removeEventListener = (...args) => (now--, remove(...args));
  const other = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const change = { service: "action", maxCallsCount: 50, periodInMs: 1000 };
  const calls = Array.from({ length: 12 }, () => [
    ajo.auth.token({ signal }),
    ajo.auth.headers({ signal }),
    ajo.request("GET", "/ajo/unknown", { signal }).catch(() => {}),
    other.throttling.list({ signal }),
    other.capping.get(uid, { signal }).withResponse(),
  ]);
  await Promise.all([...calls.flat(), ajo.capping.setRating(uid, change, { signal }), other.capping.redeploy(uid, { signal })]);
  assert.deepEqual({ now, most }, { now: 0, most: 1 });
});

test("an attempt has its own time limit", async () => {
  const { emulator } = await start();
  const hang = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const fetch = (url, init) => (url.includes("/ims/") ? emulator.fetch(url, init) : hang(init.signal));
  const ajo = new AjoClient({ ...emulator.options, fetch, maxAttempts: 2 });
  await assert.rejects(ajo.capping.list({ attemptTimeoutMs: 30 }), (error) => {
    assert.deepEqual([error.code, error.attempts], ["TIMEOUT", 2]);
    assert.ok(error.elapsedMs < 10_000, `${error.elapsedMs} ms`);
    return true;
  });
});

test("the README's program lowers limits at night", async (context) => {
  const readme = await readFile(new URL("node_modules/ajo-limits/README.md", import.meta.url), "utf8");
  const program = readme.match(/<!-- example: night -->\s+```ts\n(.*?)```/s)[1];
  assert.ok(program.trimEnd().split("\n").length <= 15, "it has at most 15 lines");
  const { ajo, uid, throttlingUid, emulator } = await start();
  const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = emulator.options;
  const variables = {
    ...{ AJO_CLIENT_ID: clientId, AJO_CLIENT_SECRET: clientSecret, AJO_ORG_ID: orgId, AJO_SCOPES: [scopes].flat().join() },
    ...{ AJO_SANDBOX: sandbox, AJO_BASE_URL: baseUrl, AJO_IMS_URL: imsUrl },
  };
  Object.assign(process.env, variables);
  context.after(() => Object.keys(variables).forEach((name) => delete process.env[name]));
  context.mock.method(globalThis, "fetch", emulator.fetch);
  const lines = [];
  context.mock.method(console, "log", (...values) => lines.push(values));
  for (const [hour, calls, throughput] of [[23, 50, 200], [5, 50, 200], [6, 500, 400]]) {
    context.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 10, 25, hour) });
    const file = new URL(`night-${hour}.mjs`, import.meta.url);
    await writeFile(file, program);
    await import(file);
    context.mock.timers.reset();
    const { deployedConfig } = await ajo.capping.get(uid);
    assert.deepEqual(deployedConfig.services, { action: { ...rating(calls), rating: { ...rating(calls).rating, unit: "s" } }, dataSource: rating(10) });
    assert.equal((await ajo.throttling.get(throttlingUid)).maxThroughput, throughput);
  }
  assert.deepEqual(lines[0].slice(1), ["->", { maxCallsCount: 50, periodInMs: 1000 }, "new"]);
});
