// A call ends after its time limit, whatever happens to the clock, with the real module.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { AjoClient, AjoTimeoutError } from "ajo-limits";

const HOUR_MS = 3_600_000;
const LIMIT_MS = 500;
const { performance } = globalThis;
const dateNow = Date.now;
const start = performance.now();

let keepAlive;
beforeEach(() => {
  // While `setTimeout` is replaced, nothing else keeps the process alive.
  keepAlive = setInterval(() => {}, 1000);
});
afterEach(() => {
  clearInterval(keepAlive);
  Date.now = dateNow;
  Object.defineProperty(globalThis, "performance", { value: performance, configurable: true, writable: true });
});

const setPerformance = (now) => Object.defineProperty(globalThis, "performance", { value: { now }, configurable: true, writable: true });
const never = () => new Promise(() => {});
const unavailable = async () => new Response("", { status: 503, headers: { "retry-after": "0" } });

/** Expects that a call without a usable response ends after about its time limit. `disturb` runs during the call. */
async function checkDuration(disturb, fetch = never) {
  const client = new AjoClient({ accessToken: "eyJ-canary-token-1", clientId: "id", orgId: "0123456789ABCDEF01234567@AdobeOrg", sandbox: "prod", fetch });
  const before = performance.now();
  const options = { timeoutMs: LIMIT_MS, maxAttempts: 1000 };
  const call = client.capping.list(options).catch((error) => error);
  disturb();
  const error = await call;
  const duration = performance.now() - before;
  assert.ok(error instanceof AjoTimeoutError || error.status === 503, String(error));
  assert.ok(duration < LIMIT_MS + 600, `${Math.round(duration)} ms`);
  return { error, duration };
}

test("fake timers installed during a call", async ({ mock }) => {
  const { error, duration } = await checkDuration(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
  assert.ok(error instanceof AjoTimeoutError);
  assert.ok(duration >= LIMIT_MS);
});

test("fake timers removed during a call", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { error, duration } = await checkDuration(() => mock.timers.reset());
  assert.equal(error.code, "TIMEOUT");
  assert.ok(duration >= LIMIT_MS);
});

for (const [name, offset] of [["ahead", HOUR_MS], ["back", -HOUR_MS]]) {
  test(`Date jumps ${name} by an hour`, async () => {
    const { error, duration } = await checkDuration(() => (Date.now = () => dateNow() + offset));
    assert.equal(error.code, "TIMEOUT");
    assert.ok(duration >= LIMIT_MS);
  });
}

test("monotonic clock jumps back once", async () => {
  const { error } = await checkDuration(() => setPerformance(() => performance.now() - start));
  assert.equal(error.code, "TIMEOUT");
});

test("monotonic clock goes back all the time", async () => {
  let time = 1e6;
  await checkDuration(() => setPerformance(() => (time -= 1000)));
  await checkDuration(() => setPerformance(() => (time -= 1000)), unavailable);
});

test("monotonic clock stands", async () => {
  await checkDuration(() => setPerformance(() => 0));
  await checkDuration(() => setPerformance(() => 0), unavailable);
});

test("missing monotonic clock and a jump of Date", async () => {
  Object.defineProperty(globalThis, "performance", { value: undefined, configurable: true, writable: true });
  await checkDuration(() => (Date.now = () => dateNow() - HOUR_MS));
});

test("retries end although a jump hides the time", async () => {
  // Each attempt ends after its own limit, and each time the clock is back at its start.
  const client = new AjoClient({ accessToken: "eyJ-canary-token-1", clientId: "id", orgId: "0123456789ABCDEF01234567@AdobeOrg", sandbox: "prod", fetch: never });
  setPerformance(() => 0);
  const before = performance.now();
  await client.capping.list({ timeoutMs: LIMIT_MS, attemptTimeoutMs: 200, maxAttempts: 1000 }).catch((error) => assert.equal(error.code, "TIMEOUT"));
  assert.ok(performance.now() - before < LIMIT_MS + 600);
});
