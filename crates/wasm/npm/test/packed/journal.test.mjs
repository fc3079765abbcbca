// The same script of calls as in tests/conformance/journals.rs leaves the same in the emulator's journal: tests/conformance/journal.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { AjoClient, AjoHttpError } from "ajo-limits";
import { createEmulator } from "ajo-limits/emulator";

const expected = JSON.parse(readFileSync(path.join(path.dirname(process.env.AJO_CASES), "journal.json"), "utf8"));
const CAPPING = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { dataSource: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};
const THROTTLING = { urlPattern: "https://partner.example.com/*", methods: ["POST"], maxThroughput: 400 };

async function script(api, definition) {
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

test("the emulator sees the same calls as of the other drivers", async () => {
  const emulator = createEmulator();
  const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const uids = [await script(ajo.capping, CAPPING), await script(ajo.throttling, THROTTLING)];
  const anonymous = (text) => uids.reduce((text, uid) => text.replaceAll(uid, "{uid}"), text);
  const entries = emulator.journal.list().map(({ method, path, operation, sandbox, sentRequestId, status, unread }) => [
    method, anonymous(path), operation ?? null, sandbox ?? null, sentRequestId !== undefined && sentRequestId !== null, status, unread ?? [],
  ]);
  assert.deepEqual(entries.filter(([, , operation]) => operation !== null), expected);
});
