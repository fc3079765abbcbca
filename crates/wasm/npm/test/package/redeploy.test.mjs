// `capping.redeploy` at services that accept, refuse, or ignore a deploy of a deployed configuration.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoClient, AjoError } from "ajo-limits";
import { createEmulator } from "ajo-limits-emulator";

const definition = (maxCallsCount) => ({
  url: "https://api.example.org/v1/send",
  methods: ["POST"],
  services: { action: { maxHttpConnections: 50, rating: { maxCallsCount, periodInMs: 1000 } } },
});

/** A deployed configuration whose saved definition was changed. */
async function changedConfig(variant, maxCallsCount = 300) {
  const emulator = createEmulator();
  emulator.quirks({ redeploy: variant });
  const { capping } = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const { uid } = await capping.create(definition(100));
  await capping.deploy(uid);
  await capping.update(uid, definition(maxCallsCount));
  emulator.requestLog.clear();
  const calls = () => emulator.requestLog.list().flatMap(({ operation }) => operation?.replace("capping.", "") ?? []);
  return { capping, uid, calls, emulator };
}

test("every variant ends with the new limit", async () => {
  const gapless = ["get", "can_deploy", "deploy", "get"];
  const fallback = [...gapless, "undeploy", "deploy", "get"];
  for (const [variant, expected] of [["direct", gapless], ["refused", fallback], ["ignored", fallback]]) {
    const { capping, uid, calls } = await changedConfig(variant);
    const { deployedConfig } = await capping.redeploy(uid);
    assert.equal(deployedConfig.services.action.rating.maxCallsCount, 300);
    assert.deepEqual(calls(), expected);
    await capping.redeploy(uid);
    assert.equal(calls().length, expected.length + 1, "nothing to do");
  }
});

test("errors say which limit is live", async () => {
  const invalid = await changedConfig("direct", 0);
  const faults = [
    ["direct", { at: "capping.deploy", fault: "service:4000" }, "old"],
    ["refused", { at: "capping.undeploy", fault: "service:1459" }, "old"],
    ["refused", { at: "capping.deploy", when: "every:2", fault: "service:1458" }, "none"],
  ];
  await assert.rejects(invalid.capping.redeploy(invalid.uid), (error) => {
    assert.ok(error instanceof AjoError);
    assert.equal(error.live, "old");
    assert.match(error.message, /^capping\.redeploy failed; the old limit is still live: it cannot be deployed; /);
    return true;
  });
  for (const [variant, fault, live] of faults) {
    const { capping, uid, emulator } = await changedConfig(variant);
    emulator.faults.set(fault);
    await assert.rejects(capping.redeploy(uid), { live, code: fault.fault.slice(8), operation: "capping.redeploy" });
  }
});
