import assert from "node:assert/strict";
import { test } from "node:test";
import { createEmulator } from "ajo-limits-emulator";
import { capping, createSender } from "./support.mjs";

/** An emulator that requires no header, and the URL of an operation. */
function openEmulator() {
  const emulator = createEmulator({ auth: "off" });
  return { emulator, list: `${emulator.options.baseUrl}/list/endpointConfigs` };
}

test("fetch creates and deploys a configuration", async () => {
  const emulator = createEmulator();
  const send = createSender(emulator);
  const { uid } = await (await send("POST", "/endpointConfigs", capping)).json();
  assert.equal((await send("POST", `/endpointConfigs/${uid}/deploy`)).status, 204);
  const { result } = await (await send("GET", `/endpointConfigs/${uid}`)).json();
  assert.equal(result.url, capping.url);
  assert.deepEqual(emulator.requestLog.list({ mutating: true }).map((call) => call.operation), ["capping.create", "capping.deploy"]);
});

test("fetch accepts a URL, a string, a path and a Request", async () => {
  const { emulator, list } = openEmulator();
  for (const input of [list, new URL(list), "/journey/orchestration/list/endpointConfigs", new Request(list, { method: "POST" })]) {
    const response = await emulator.fetch(input, { method: "POST", body: "{}" });
    assert.ok(response instanceof Response);
    assert.deepEqual([response.status, response.ok, response.url], [200, true, list]);
    assert.equal(Number(response.headers.get("content-length")), (await response.clone().arrayBuffer()).byteLength);
    assert.deepEqual(Object.keys(await response.json()).length > 0, true);
  }
});

test("a body can be a stream or bytes", async () => {
  const { emulator, list } = openEmulator();
  const bytes = new TextEncoder().encode(JSON.stringify(capping));
  const stream = new ReadableStream({ start: (controller) => (controller.enqueue(bytes), controller.close()) });
  const create = list.replace("/list", "");
  assert.equal((await emulator.fetch(create, { method: "POST", body: stream, duplex: "half" })).status, 200);
  assert.equal((await emulator.fetch(create, { method: "POST", body: bytes.buffer })).status, 200);
});

test("invalid requests reject with a TypeError", async () => {
  const { emulator, list } = openEmulator();
  await assert.rejects(emulator.fetch("http://"), TypeError);
  await assert.rejects(emulator.fetch("data:,x"), TypeError);
  await assert.rejects(emulator.fetch(list, { method: "GE T" }), TypeError);
  await assert.rejects(emulator.fetch(list, { headers: { "x-a": "two\nlines" } }), TypeError);
  await assert.rejects(emulator.fetch(list, { method: "GET", body: "x" }), TypeError);
  assert.equal(emulator.requestLog.list().length, 0);
});

test("dropped and reset connections reject with a TypeError", async () => {
  for (const [fault, code, status] of [["drop_before", "UND_ERR_SOCKET", 503], ["reset", "ECONNRESET", 503], ["drop_after", "UND_ERR_SOCKET", 200]]) {
    const { emulator, list } = openEmulator();
    emulator.faults.set({ at: "capping.list", fault });
    await assert.rejects(emulator.fetch(list, { method: "POST" }), (error) => error instanceof TypeError && error.cause.code === code);
    assert.equal(emulator.requestLog.list()[0].status, status, fault);
  }
});

test("a half body arrives before its stream fails", async () => {
  const { emulator, list } = openEmulator();
  const whole = await (await emulator.fetch(list, { method: "POST" })).text();
  const response = await emulator.fetch(list, { method: "POST", headers: { "x-emulator-fault": "half_body" } });
  assert.deepEqual([response.status, response.headers.get("content-length")], [200, String(whole.length)]);
  const reader = response.body.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), whole.slice(0, whole.length >> 1));
  await assert.rejects(reader.read(), TypeError);
});

test("a garbage body is not JSON", async () => {
  const { emulator, list } = openEmulator();
  const response = await emulator.fetch(list, { method: "POST", headers: { "x-emulator-fault": "garbage" } });
  assert.equal(response.status, 200);
  await assert.rejects(response.json(), SyntaxError);
});

test("faults can set every status", async () => {
  const { emulator, list } = openEmulator();
  for (const fault of ["status:204", "html:204", "html:205", "html:304", "status:302", "problem:403", "html:599"]) {
    const response = await emulator.fetch(list, { method: "POST", headers: { "x-emulator-fault": fault } });
    assert.equal(response.status, Number(fault.split(":")[1]));
    if ([204, 205, 304].includes(response.status)) assert.equal(response.body, null);
  }
  const redirected = emulator.fetch(list, { method: "POST", redirect: "error", headers: { "x-emulator-fault": "status:302" } });
  await assert.rejects(redirected, TypeError);
  const head = await emulator.fetch(list, { method: "HEAD" });
  assert.equal(await head.text(), "");
});

test("latency is in real time while the clock is frozen", async () => {
  const { emulator, list } = openEmulator();
  emulator.clock.freeze();
  const start = performance.now();
  await emulator.fetch(list, { method: "POST", headers: { "x-emulator-fault": "delay:60" } });
  assert.ok(performance.now() - start >= 55);
});

test("an abort works before, during and after the call", async () => {
  const { emulator, list } = openEmulator();
  const reason = new Error("enough");
  await assert.rejects(emulator.fetch(list, { method: "POST", signal: AbortSignal.abort(reason) }), reason);
  assert.equal(emulator.requestLog.list().length, 0);

  const waiting = new AbortController();
  const late = emulator.fetch(list, { method: "POST", signal: waiting.signal, headers: { "x-emulator-fault": "delay:60000" } });
  setTimeout(() => waiting.abort(reason), 10);
  await assert.rejects(late, reason);
  assert.equal(emulator.requestLog.list().length, 1, "the call was processed");

  const reading = new AbortController();
  const response = await emulator.fetch(list, { method: "POST", signal: reading.signal });
  reading.abort(reason);
  await assert.rejects(response.text(), reason);
});

test("a body over the limit is rejected", async () => {
  const { emulator, list } = openEmulator();
  assert.equal((await emulator.fetch(list, { method: "POST", body: "x".repeat(1024 * 1024 + 1) })).status, 413);
  assert.equal((await emulator.fetch(list, { method: "POST" })).status, 200);
});

test("the control API requires its own host", async () => {
  const { emulator } = openEmulator();
  const { baseUrl, imsUrl } = emulator.options;
  assert.equal((await emulator.fetch(`https://platform.adobe.io${new URL(baseUrl).pathname}/list/endpointConfigs`, { method: "POST" })).status, 200);
  assert.equal((await emulator.fetch("https://platform.adobe.io/_emulator/state")).status, 403);
  assert.equal((await emulator.fetch(`${imsUrl}/_emulator/state`)).status, 200);
});

test("the global fetch cannot reach the emulator's URL", async () => {
  const { emulator } = openEmulator();
  await assert.rejects(fetch(emulator.options.baseUrl), TypeError);
});
