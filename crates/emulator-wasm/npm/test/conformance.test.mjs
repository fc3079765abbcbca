import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createEmulator } from "ajo-limits-emulator";

const folder = new URL("../../crates/emulator/tests/conformance/", pathToFileURL(process.env.AJO_CASES));
const data = async (name) => JSON.parse(await readFile(new URL(name, folder), "utf8"));

test("fetch returns the bytes of the core", async () => {
  const { nowMillis, callerHeaders, cases } = await data("cases.json");
  const responses = await data("responses.json");
  const emulator = createEmulator({ now: () => nowMillis });
  const values = { token: "none", uid: "u-0" };
  const fill = (text) => text.replaceAll("{token}", values.token).replaceAll("{uid}", values.uid);
  assert.equal(cases.length, responses.length);
  for (const [index, { method, path, caller, without = [], headers, body }] of cases.entries()) {
    const inherited = caller ? Object.entries(callerHeaders).filter(([name]) => !without.includes(name)) : [];
    const sent = [...inherited, ...Object.entries(headers ?? {})].map(([name, value]) => [name, fill(value)]);
    const response = await emulator.fetch(emulator.options.imsUrl + fill(path), { method, headers: sent, body });
    const bytes = Buffer.from(await response.arrayBuffer());
    const { status, headers: expected, body: text, bodyBase64 } = responses[index];
    // The core does not return Content-Length.
    const received = Object.fromEntries([...response.headers].filter(([name]) => name !== "content-length"));
    assert.deepEqual({ status: response.status, headers: received }, { status, headers: expected }, `${method} ${path}`);
    assert.ok(bytes.equals(Buffer.from(text ?? bodyBase64, text === undefined ? "base64" : "utf8")), `${method} ${path}: ${bytes}`);
    try {
      const { access_token: token = values.token, uid = values.uid } = JSON.parse(bytes) ?? {};
      Object.assign(values, { token, uid });
    } catch {
      // Not JSON: no new token or uid.
    }
  }
});
