// The example of a route on the edge, with a route in Node.js beside it, built by both of Next.js's bundlers and served.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { copy, node, serve } from "../project.mjs";
import { CAPPING, clientOf } from "../settings.mjs";

export async function run({ emulator, work, attempt }) {
  for (const bundler of ["turbopack", "webpack"]) {
    await attempt(`Next.js, ${bundler}: edge and node route`, () => route(bundler, emulator, work));
  }
}

async function route(bundler, emulator, work) {
  await emulator.reset();
  const { uid } = await (await clientOf(emulator, work)).capping.create(CAPPING);
  const cwd = await copy("../examples/next-edge-route", work, `next-${bundler}`);
  await cp(path.join(import.meta.dirname, "../fixtures/next"), cwd, { recursive: true });
  const env = emulator.settings;
  const built = await node(["next/dist/bin/next", "build", `--${bundler}`], { cwd, work, env });
  assert.doesNotMatch(built, /warn/i, built);

  const next = path.join(work, "node_modules/next/dist/bin/next");
  const server = await serve(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], { cwd, env }, /http:\/\/127\.0\.0\.1:\d+/);
  try {
    const ask = async (where) => (await fetch(`${server.match[0]}${where}`)).json();
    const expected = [{ uid, url: CAPPING.url, state: "created" }];
    assert.deepEqual(await ask("/api/limits"), expected, server.output());
    // The client is kept, and with it the token.
    await emulator.control("DELETE", "/calls");
    assert.deepEqual(await ask("/api/limits"), expected);
    assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["capping.list"]);
    assert.equal((await ask("/api/node"))[0].uid, uid);

    // What goes wrong is logged and not shown.
    await emulator.control("POST", "/faults", { at: "capping.list", when: "first:1", fault: "gateway:403025" });
    assert.deepEqual(await ask("/api/limits"), { error: "the limits cannot be read now" });
    assert.match(server.output(), /capping\.list failed/);
  } finally {
    server.stop();
  }
}
