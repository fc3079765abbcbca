// Builds and serves the example with a Node.js route and an edge route, with both bundlers of Next.js.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { copy, node, serve } from "../project.mjs";
import { CAPPING, clientOf } from "../settings.mjs";

export async function run({ emulator, work, attempt }) {
  for (const bundler of ["turbopack", "webpack"]) {
    await attempt(`Next.js, ${bundler}: Node.js and edge route`, () => checkRoutes(bundler, emulator, work));
  }
}

async function checkRoutes(bundler, emulator, work) {
  await emulator.reset();
  const { uid } = await (await clientOf(emulator, work)).capping.create(CAPPING);
  const cwd = await copy("../examples/next-route", work, `next-${bundler}`);
  await cp(path.join(import.meta.dirname, "../fixtures/next"), cwd, { recursive: true });
  const env = emulator.settings;
  const output = await node(["next/dist/bin/next", "build", `--${bundler}`], { cwd, work, env });
  assert.doesNotMatch(output, /warn/i, output);

  const next = path.join(work, "node_modules/next/dist/bin/next");
  const server = await serve(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], { cwd, env }, /http:\/\/127\.0\.0\.1:\d+/);
  try {
    const getJson = async (path) => (await fetch(`${server.match[0]}${path}`)).json();
    const expected = [{ uid, url: CAPPING.url, state: "created" }];
    assert.deepEqual(await getJson("/api/limits"), expected, server.output());
    // The route reuses its client and the token.
    await emulator.control("DELETE", "/calls");
    assert.deepEqual(await getJson("/api/limits"), expected);
    assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["capping.list"]);
    assert.equal((await getJson("/api/edge"))[0].uid, uid);

    // Errors are logged, and visitors do not see them.
    await emulator.control("POST", "/faults", { at: "capping.list", when: "first:1", fault: "gateway:403025" });
    assert.deepEqual(await getJson("/api/limits"), { error: "the limits are unavailable" });
    assert.match(server.output(), /capping\.list failed/);
  } finally {
    server.stop();
  }
}
