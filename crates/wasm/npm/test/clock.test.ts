// A call ends after its time limit, whatever a test or the system does to the clock.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { AjoTimeoutError } from "../src/errors.js";
import { type Line, never, rejection, scriptedClient, send, wait } from "./support.js";

const realNow = Date.now;
const realPerformance = globalThis.performance;
let keepAlive: NodeJS.Timeout;
beforeEach(() => {
  // No other timer keeps the process alive while `setTimeout` is replaced.
  keepAlive = setInterval(() => {}, 1000);
});
afterEach(() => {
  clearInterval(keepAlive);
  Date.now = realNow;
  Object.defineProperty(globalThis, "performance", { value: realPerformance, configurable: true, writable: true });
});

/** Replaces the monotonic clock. */
function setPerformance(value: unknown): void {
  Object.defineProperty(globalThis, "performance", { value, configurable: true, writable: true });
}

const LIMIT_MS = 300;
/** A script without an end, as if the time did not pass for the module. */
const ENDLESS = Array.from({ length: 1000 }, (): Line => wait(20));
const HANGS: Line[] = [send({ millis: LIMIT_MS })];

/** Expects that a call ends after about its time limit. `disturb` runs during the call. */
async function checkDuration(lines: Line[], disturb: () => void, operation: "list" | "create" = "list"): Promise<AjoTimeoutError> {
  const { ajo, module } = scriptedClient(lines, { fetch: never });
  const start = realPerformance.now();
  const options = { timeoutMs: LIMIT_MS };
  const call = rejection(operation === "list" ? ajo.capping.list(options) : ajo.capping.create({} as any, options));
  disturb();
  const error = await call;
  const duration = realPerformance.now() - start;
  assert.ok(error instanceof AjoTimeoutError, String(error));
  assert.ok(duration >= LIMIT_MS && duration < LIMIT_MS + 600, `${duration} ms`);
  assert.deepEqual(module.cancelled, [1]);
  return error;
}

test("call ends although fake timers are installed", async ({ mock }) => {
  const error = await checkDuration(ENDLESS, () => mock.timers.enable({ apis: ["setTimeout"] }));
  assert.deepEqual([error.code, error.operation, error.attempts, error.retryable, error.hint], ["TIMEOUT", "capping.list", 0, true, undefined]);
  assert.equal(error.message, "capping.list failed: the time limit of the call has passed");
});

test("call ends although fake timers are removed", async ({ mock }) => {
  // The reset forgets the timer of the request.
  mock.timers.enable({ apis: ["setTimeout"] });
  const error = await checkDuration(HANGS, () => mock.timers.reset(), "create");
  assert.deepEqual([error.attempts, error.retryable], [1, false]);
  assert.match(error.hint ?? "", /may have processed/);
});

test("call ends although the clock stands or goes back", async () => {
  let time = 0;
  const clocks: [string, () => void][] = [
    ["stands", () => setPerformance({ now: () => 0 })],
    ["goes back", () => setPerformance({ now: () => (time -= 1000) })],
    ["is NaN", () => setPerformance({ now: () => NaN })],
    ["goes back with Date", () => ((Date.now = () => realNow() - 3_600_000), setPerformance({ now: () => realPerformance.now() - 3_600_000 }))],
    ["is missing, and Date stands", () => (setPerformance(undefined), (Date.now = () => 0))],
  ];
  for (const [name, disturb] of clocks) await assert.doesNotReject(checkDuration(ENDLESS, disturb), name);
});

test("fake timers of a test end a step", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { ajo, module } = scriptedClient([send({ millis: 30_000 }), { code: 9, error: { kind: "timeout", code: "TIMEOUT", message: "m" } }], { fetch: never });
  const call = rejection(ajo.capping.list({ timeoutMs: 40_000 }));
  mock.timers.tick(30_000);
  assert.equal((await call).message, "m");
  assert.equal(module.reports.length, 1);
});

test("timers are cleared at the end of a call", async ({ mock }) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  let respond!: (response: Response) => void;
  const { ajo } = scriptedClient([send({ millis: 30_000 }), { code: 8 }], { fetch: () => new Promise((resolve) => (respond = resolve)) });
  const call = ajo.capping.list({ timeoutMs: 60_000 });
  // The fake `clearTimeout` cannot clear a real timer, which would keep the process alive.
  mock.timers.enable({ apis: ["setTimeout"] });
  respond(Response.json({ results: [] }));
  await call;
  mock.timers.reset();
  assert.equal(timers(), before);
});

test("timer of the time limit keeps no process alive", async ({ mock }) => {
  const { ajo } = scriptedClient([send({ millis: 5 }), { code: 9, error: {} }], { fetch: never });
  const realTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = realTimers();
  mock.timers.enable({ apis: ["setTimeout"] });
  const call = rejection(ajo.capping.list({ timeoutMs: 60_000 }));
  assert.equal(realTimers(), before);
  mock.timers.tick(5);
  await call;
});
