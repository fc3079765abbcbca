import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createEmulator } from "./emulator.mjs";

const data = async (name) => JSON.parse(await readFile(new URL(`../../../emulator/tests/conformance/${name}`, import.meta.url), "utf8"));

test("fetch gives the bytes that the core gives", async () => {
  const { nowMillis, callerHeaders, cases } = await data("cases.json");
  const answers = await data("answers.json");
  const emulator = createEmulator({ now: () => nowMillis });
  const known = { token: "none", uid: "u-0" };
  const fill = (text) => text.replaceAll("{token}", known.token).replaceAll("{uid}", known.uid);
  assert.equal(cases.length, answers.length);
  for (const [index, { method, path, caller, without = [], headers, body }] of cases.entries()) {
    const kept = caller ? Object.entries(callerHeaders).filter(([name]) => !without.includes(name)) : [];
    const sent = [...kept, ...Object.entries(headers ?? {})].map(([name, value]) => [name, fill(value)]);
    const answer = await emulator.fetch(emulator.options.imsUrl + fill(path), { method, headers: sent, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { status, headers: expected, body: text, bodyBase64 } = answers[index];
    // How long the body is belongs to the connection.
    const seen = Object.fromEntries([...answer.headers].filter(([name]) => name !== "content-length"));
    assert.deepEqual({ status: answer.status, headers: seen }, { status, headers: expected }, `${method} ${path}`);
    assert.ok(bytes.equals(Buffer.from(text ?? bodyBase64, text === undefined ? "base64" : "utf8")), `${method} ${path}: ${bytes}`);
    try {
      const { access_token: token = known.token, uid = known.uid } = JSON.parse(bytes) ?? {};
      Object.assign(known, { token, uid });
    } catch {
      // No JSON, so nothing to be learned.
    }
  }
});
