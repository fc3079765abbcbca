import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoError, AjoValidationError } from "../src/errors.js";
import { setRating, setThroughput } from "../src/set-limit.js";
import { rejection, useModule } from "./support.js";

const rating = (maxCallsCount: number) => ({ maxHttpConnections: 9, rating: { maxCallsCount, periodInMs: 1000, unit: "s" } });

/** A service with one configuration. `update` saves a definition, and `deploy` makes it live unless `deploys` is false. */
function service(definition: object, { isDeployed = true, deploys = true, saves = (sent: object): object => sent } = {}): any {
  const module = useModule();
  // The module drops the service's own fields.
  module.definitionOf = (_api, config) => {
    const { uid, state, hasBeenDeployed, deployedConfig, ...rest } = JSON.parse(config);
    return JSON.stringify(rest);
  };
  module.validate = (_api, sent) => (sent.includes("invalid") ? '[{"code":"E_1","message":"the url is malformed","severity":"error"}]' : "[]");
  let state = isDeployed ? "deployed" : "created";
  let saved = definition;
  let live: object | undefined = isDeployed ? definition : undefined;
  const calls: string[] = [];
  const call = (name: string, work: (...args: any[]) => unknown) => async (_uid: string, ...args: any[]) => {
    calls.push(name);
    return work(...args);
  };
  return {
    calls,
    saved: () => saved,
    get: call("get", () => ({ uid: "u", state, hasBeenDeployed: live !== undefined, ...(live && { deployedConfig: live }), ...saved })),
    update: call("update", (sent) => {
      saved = saves(sent);
      if (live) state = "updated";
    }),
    canDeploy: call("canDeploy", () => ({ validationStatus: "ok", errors: [], warnings: [] })),
    undeploy: call("undeploy", () => (live = undefined)),
    deploy: call("deploy", () => {
      if (!deploys) return;
      live = saved;
      state = "deployed";
    }),
  };
}

const action = { url: "https://a.example/x", extra: { priority: 1 }, services: { action: rating(500) } };
const wanted = { maxCallsCount: 50, periodInMs: 1000 };

test("setRating changes one service and redeploys", async () => {
  const capping = service({ ...action, services: { ...action.services, dataSource: rating(7) } });
  const { before, after, live } = await setRating(capping, "u", { service: "action", ...wanted });
  assert.deepEqual(capping.saved(), { ...action, services: { action: rating(50), dataSource: rating(7) } });
  assert.deepEqual([before.services.action, after, live], [rating(500), capping.saved(), "new"]);
  assert.deepEqual(capping.calls.slice(0, 3), ["get", "update", "get"]);
});

test("setRating writes nothing if nothing changes", async () => {
  for (const isDeployed of [true, false]) {
    const capping = service(action, { isDeployed });
    const { before, after, live } = await setRating(capping, "u", { maxCallsCount: 500, periodInMs: 1000 });
    assert.deepEqual([before, after, live], [action, action, isDeployed ? "new" : "none"]);
    assert.deepEqual(capping.calls, ["get"]);
  }
});

test("setRating leaves a configuration undeployed", async () => {
  const capping = service(action, { isDeployed: false });
  const { live, after } = await setRating(capping, "u", wanted);
  assert.deepEqual([live, after.services.action, capping.calls], ["none", rating(50), ["get", "update", "get"]]);
});

test("setRating redeploys a saved rating that is not live", async () => {
  const capping = service(action);
  await capping.update("u", { ...action, services: { action: rating(50) } });
  capping.calls.length = 0;
  assert.equal((await setRating(capping, "u", wanted)).live, "new");
  assert.ok(!capping.calls.includes("update") && capping.calls.includes("deploy"));
});

test("setRating rejects without a write", async () => {
  for (const [definition, change, message] of [
    [{ ...action, services: { action: rating(1), dataSource: rating(1) } }, wanted, "capping.setRating failed: unknown field"],
    [{ ...action, url: "invalid" }, wanted, "capping.setRating failed: the url is malformed (E_1); nothing was changed"],
  ] as const) {
    const capping = service(definition);
    const error = await rejection(setRating(capping, "u", change));
    assert.ok(error instanceof AjoValidationError);
    assert.deepEqual([error.message, error.operation, capping.calls], [message, "capping.setRating", ["get"]]);
  }
});

test("arguments of changes are checked before any call", async () => {
  const prefix = "capping.setRating: ";
  for (const [change, message] of [
    [undefined, "`rating` must be an object, not undefined"],
    [{ maxCallsCount: 5 }, "`periodInMs` must be an integer, not undefined"],
    [{ ...wanted, maxCallsCount: 1.5 }, "`maxCallsCount` must be an integer, not 1.5"],
    [{ ...wanted, service: "actions" }, '`service` must be "action" or "dataSource", not a value of type string'],
    [{ ...wanted, max_calls_count: 5 }, "unknown field `max_calls_count`; did you mean `maxCallsCount`?"],
  ] as const) {
    const capping = service(action);
    const error = await rejection(setRating(capping, "u", change as any));
    assert.deepEqual([error.message, error.code, capping.calls], [prefix + message, "BUILD_REQUEST", []]);
  }
  const throttling = service({ maxThroughput: 1 });
  const error = await rejection(setThroughput(throttling, "u", "300" as any));
  assert.equal(error.message, "throttling.setThroughput: `maxThroughput` must be an integer, not a value of type string");
});

test("a failed redeploy says which limit is live", async () => {
  const capping = service(action, { deploys: false });
  const error = await rejection(setRating(capping, "u", wanted));
  assert.ok(error instanceof AjoError);
  assert.deepEqual([error.live, error.code, error.operation], ["none", "NOT_DEPLOYED", "capping.setRating"]);
  assert.match(error.message, /^capping\.setRating failed; NO limit is live: /);
});

test("a concurrent change is reported", async () => {
  const saves = () => ({ ...action, services: { action: rating(7) }, maxThroughput: 7 });
  for (const change of [setRating(service(action, { saves }), "u", wanted), setThroughput(service({ maxThroughput: 1 }, { saves }), "u", 2)]) {
    const error = await rejection(change);
    assert.deepEqual([error.code, error.live], ["CONFLICT", "unknown"]);
  }
});

test("setThroughput only updates", async () => {
  const definition = { urlPattern: "https://a.example/x", methods: ["GET"], maxThroughput: 500, extra: { a: 1 } };
  const throttling = service(definition);
  const changed = { ...definition, maxThroughput: 300 };
  assert.deepEqual(await setThroughput(throttling, "u", 300), { before: definition, after: changed, live: "new" });
  assert.deepEqual(throttling.calls, ["get", "update", "get"]);
  assert.deepEqual(await setThroughput(throttling, "u", 300), { before: changed, after: changed, live: "new" });
  assert.equal(throttling.calls.length, 4);
  assert.equal((await setThroughput(service(definition, { isDeployed: false }), "u", 300)).live, "none");
  const hidden = { ...throttling, get: async () => ({ ...changed, state: "updated" }) };
  assert.equal((await setThroughput(hidden, "u", 300)).live, "unknown");
});
