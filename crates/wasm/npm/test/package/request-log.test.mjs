// The calls of tests/conformance/request_logs.rs must produce the same request log: tests/conformance/request_log.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { AjoClient, AjoHttpError } from "ajo-limits";
import { createEmulator } from "ajo-limits-emulator";

const expected = JSON.parse(readFileSync(path.join(path.dirname(process.env.AJO_CASES), "request_log.json"), "utf8"));
const CAPPING = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};
const THROTTLING = { urlPattern: "https://partner.example.com/*", methods: ["POST"], maxThroughput: 400 };

async function makeCalls(api, definition) {
  const { uid } = await api.create(definition);
  await api.canDeploy(uid);
  await api.deploy(uid);
  await api.get(uid);
  await api.update(uid, definition);
  await api.list();
  await api.undeploy(uid);
  await api.deploy(uid);
  await api.delete(uid, { force: true });
  await assert.rejects(api.get(uid), AjoHttpError);
  return uid;
}

test("the package sends the same calls as the other transports", async () => {
  const emulator = createEmulator();
  const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const uids = [await makeCalls(ajo.capping, CAPPING), await makeCalls(ajo.throttling, THROTTLING)];
  const withoutUids = (text) => uids.reduce((text, uid) => text.replaceAll(uid, "{uid}"), text);
  const entries = emulator.requestLog.list().map(({ method, path, operation, sandbox, sentRequestId, status, unknownFields }) => [
    method, withoutUids(path), operation ?? null, sandbox ?? null, sentRequestId !== undefined && sentRequestId !== null, status, unknownFields ?? [],
  ]);
  assert.deepEqual(entries.filter(([, , operation]) => operation !== null), expected);
});
