import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { liveLimit, redeploy } from "../src/redeploy.js";
import { rejection, useModule } from "./support.js";

const cases = JSON.parse(readFileSync("../../../tests/conformance/live_limit.json", "utf8"));

test("the live limit is read from the configuration as in Rust", () => {
  for (const { case: name, now, before, live } of cases) assert.equal(liveLimit(now, before), live, name);
});

test("an abort after undeploy does not stop the deploy", async () => {
  useModule();
  const controller = new AbortController();
  const calls: [string, unknown][] = [];
  const record = (name: string, value?: unknown) => async (_uid: string, options: any) => {
    calls.push([name, options]);
    if (name === "undeploy") controller.abort();
    return value;
  };
  const deployed = { state: "deployed", hasBeenDeployed: true };
  const api: any = { get: record("get", deployed), deploy: record("deploy"), undeploy: record("undeploy") };
  const { signal } = controller;
  assert.equal(await redeploy(api, "u", { signal, timeoutMs: 5 }), deployed);
  assert.deepEqual(calls, [
    ["get", { signal, timeoutMs: 5 }],
    ["undeploy", { signal, timeoutMs: 5 }],
    ["deploy", { signal: undefined, timeoutMs: 5 }],
    ["get", { signal: undefined, timeoutMs: 5 }],
  ]);
  const refused = { ...api, get: record("get", { state: "updated", hasBeenDeployed: false }) };
  const error = await rejection(redeploy(refused, "u"));
  assert.deepEqual([error.live, error.code, error.operation], ["none", "NOT_DEPLOYED", "capping.redeploy"]);
  assert.equal(error.message, "capping.redeploy failed; NO limit is live: the saved definition is not live");
});
