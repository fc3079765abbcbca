// Runs the examples with the tarball, otherwise unchanged. The Next.js example is in next.mjs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { copy, node, requireFrom, sh } from "../project.mjs";
import { CAPPING, clientOf } from "../settings.mjs";

export async function run({ emulator, work, attempt }) {
  await attempt("example: Node script", () => nodeScript(emulator, work));
  await attempt("example: Deno script", () => denoScript(emulator, work));
  await attempt("example: Cloudflare Worker, wrangler, miniflare", () => worker(emulator, work));
}

async function nodeScript(emulator, work) {
  await emulator.reset();
  const cwd = await copy("../examples/node-script", work, "node-script");
  const run = (env) => sh(process.execPath, ["limits.mjs"], { cwd, env: { ...emulator.settings, ...env } });
  assert.match(await run(), /^[0-9a-f-]{36} deployed https:\/\/api\.example\.org\/data\/2\.5\/\*\n$/);
  const rejected = await run({ AJO_CLIENT_SECRET: "wrong-secret" }).catch((error) => error.message);
  assert.match(rejected, /exited with 1\n.*invalid_client.*\nhint: /, rejected);
  assert.doesNotMatch(rejected, /wrong-secret/);
}

async function denoScript(emulator, work) {
  await emulator.reset();
  const cwd = await copy("../examples/deno-script", work, "deno-script");
  const env = { ...emulator.settings, DENO_DIR: path.join(work, "deno") };
  // The permissions in the example's README, but with network access to the emulator only.
  const permissions = [`--allow-net=${new URL(emulator.settings.AJO_IMS_URL).host}`, "--allow-env", "--no-prompt"];
  const output = await node(["deno/bin.cjs", "run", "--check", ...permissions, "limits.ts"], { cwd, work, env });
  assert.match(output, /warning ERR_ENDPOINTCONFIG_\d+ .*\n.*[0-9a-f-]{36} ok 0 errors \d warnings\n$/s);
  assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["token", "capping.create", "capping.can_deploy", "capping.delete"]);
}

async function worker(emulator, work) {
  await emulator.reset();
  const ajo = await clientOf(emulator, work);
  const dataSource = { maxHttpConnections: 7, rating: { maxCallsCount: 10, periodInMs: 1000 } };
  const services = { ...CAPPING.services, dataSource };
  const { uid } = await ajo.capping.create({ ...CAPPING, services });
  await ajo.capping.deploy(uid);
  const cwd = await copy("../examples/cloudflare-worker", work, "cloudflare-worker");
  // Writes the upload to dist: the Worker in one file, and the WebAssembly module.
  await node(["wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", "dist"], { cwd, work });
  const settings = await readFile(path.join(cwd, "wrangler.jsonc"), "utf8");
  let output = "";
  const { Miniflare } = requireFrom("miniflare", work);
  const runtime = new Miniflare({
    // Otherwise Miniflare requests the location of this machine from Cloudflare.
    cf: false,
    modules: true,
    modulesRoot: path.join(cwd, "dist"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: path.join(cwd, "dist/index.js"),
    compatibilityDate: settings.match(/"compatibility_date": "(.*)"/)[1],
    kvNamespaces: ["TOKENS"],
    bindings: { ...emulator.settings, LIMITED_URL: CAPPING.url },
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on("data", (chunk) => (output += chunk))),
  });
  try {
    const worker = await runtime.getWorker();
    const runAt = async (hour) => {
      await emulator.control("DELETE", "/calls");
      const { outcome } = await worker.scheduled({ scheduledTime: new Date(`2026-11-25T${hour}:00:00Z`), cron: "0 22 * * *" });
      assert.equal(outcome, "ok");
      const { state, services } = await ajo.capping.get(uid);
      return { state, services, operations: (await emulator.calls()).map((call) => call.operation) };
    };
    // The last call is the test's own.
    const redeploy = ["capping.get", "capping.can_deploy", "capping.deploy", "capping.get"];
    const expected = ["capping.list", "capping.get", "capping.update", ...redeploy, "capping.get"];
    const night = await runAt("23");
    assert.deepEqual(night.operations, ["token", ...expected]);
    assert.equal(night.state, "deployed");
    assert.deepEqual(night.services, { ...services, action: { rating: { maxCallsCount: 50, periodInMs: 1000 } } });
    assert.equal((await (await runtime.getKVNamespace("TOKENS")).list()).keys.length, 1);
    assert.deepEqual((await runAt("02")).operations, ["capping.list", "capping.get", "capping.get"]);
    // Each event creates a client, which reads the token from KV.
    const morning = await runAt("07");
    assert.deepEqual(morning.operations, expected);
    assert.deepEqual(morning.services, services);
    // A configuration that limits data sources only stays as it is.
    const { action, ...onlyDataSource } = services;
    await ajo.capping.update(uid, { ...CAPPING, services: onlyDataSource });
    await emulator.control("DELETE", "/calls");
    const { outcome } = await worker.scheduled({ scheduledTime: new Date("2026-11-25T23:00:00Z"), cron: "0 22 * * *" });
    assert.equal(outcome, "exception");
    assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["capping.list", "capping.get"]);
    const lines = output.split("\n").filter((line) => line.startsWith(CAPPING.url));
    assert.deepEqual(lines, [50, 50, 500].map((calls) => `${CAPPING.url}: ${calls} calls per second; live`));
    return "23:00: 50 per second; 07:00: 500; one token";
  } finally {
    await runtime.dispose();
  }
}
