// The examples as they stand in their folders, but for the package, which is the tarball. The Next.js one is in next.mjs.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { copy, node, sh, tool } from "../project.mjs";
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
  const refused = await run({ AJO_CLIENT_SECRET: "not-the-secret" }).catch((error) => error.message);
  assert.match(refused, /ended with 1\n.*invalid_client.*\nhint: /, refused);
  assert.doesNotMatch(refused, /not-the-secret/);
}

async function denoScript(emulator, work) {
  await emulator.reset();
  const cwd = await copy("../examples/deno-script", work, "deno-script");
  const env = { ...emulator.settings, DENO_DIR: path.join(work, "deno") };
  // The permissions of the example's README and no others, but for the network, which is the emulator's alone.
  const may = [`--allow-net=${new URL(emulator.settings.AJO_IMS_URL).host}`, "--allow-env", "--no-prompt"];
  const said = await node(["deno/bin.cjs", "run", "--check", ...may, "limits.ts"], { cwd, work, env });
  assert.match(said, /warning ERR_ENDPOINTCONFIG_\d+ .*\n.*[0-9a-f-]{36} ok 0 errors \d warnings\n$/s);
  assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["token", "capping.create", "capping.can_deploy", "capping.delete"]);
}

async function worker(emulator, work) {
  await emulator.reset();
  const ajo = await clientOf(emulator, work);
  const services = { action: { maxHttpConnections: 7, rating: { maxCallsCount: 20, periodInMs: 1000 } }, dataSource: CAPPING.services.dataSource };
  const { uid } = await ajo.capping.create({ ...CAPPING, services });
  await ajo.capping.deploy(uid);
  const cwd = await copy("../examples/cloudflare-worker", work, "cloudflare-worker");
  // What would be uploaded: the Worker in one file, and the module beside it.
  await node(["wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", "dist"], { cwd, work });
  const settings = await readFile(path.join(cwd, "wrangler.jsonc"), "utf8");
  let said = "";
  const { Miniflare } = tool("miniflare", work);
  const runtime = new Miniflare({
    // Or it would ask Cloudflare where this machine is.
    cf: false,
    modules: true,
    modulesRoot: path.join(cwd, "dist"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: path.join(cwd, "dist/index.js"),
    compatibilityDate: settings.match(/"compatibility_date": "(.*)"/)[1],
    kvNamespaces: ["TOKENS"],
    bindings: { ...emulator.settings, LIMITED_URL: CAPPING.url },
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on("data", (chunk) => (said += chunk))),
  });
  try {
    const worker = await runtime.getWorker();
    const at = async (hour) => {
      await emulator.control("DELETE", "/calls");
      const { outcome } = await worker.scheduled({ scheduledTime: new Date(`2026-11-25T${hour}:00:00Z`), cron: "0 22 * * *" });
      assert.equal(outcome, "ok");
      const { state, services } = await ajo.capping.get(uid);
      return { state, services, operations: (await emulator.calls()).map((call) => call.operation) };
    };
    // The journal ends with the test's own look.
    const changed = ["capping.list", "capping.update", "capping.deploy", "capping.get"];
    const night = await at("23");
    assert.deepEqual(night.operations, ["token", ...changed]);
    assert.equal(night.state, "deployed");
    assert.deepEqual(night.services, { ...services, dataSource: { rating: { maxCallsCount: 50, periodInMs: 1000 } } });
    assert.equal((await (await runtime.getKVNamespace("TOKENS")).list()).keys.length, 1);
    assert.deepEqual((await at("02")).operations, ["capping.list", "capping.get"]);
    // Each event makes a client of its own, and finds the token in KV.
    const morning = await at("07");
    assert.deepEqual(morning.operations, changed);
    assert.deepEqual(morning.services, services);
    assert.deepEqual(said.trim().split("\n"), ["50 calls a second", "nothing to do", "500 calls a second"].map((what) => `${CAPPING.url}: ${what}`));
    return "23:00: 50 a second; 07:00: 500; one token";
  } finally {
    await runtime.dispose();
  }
}
