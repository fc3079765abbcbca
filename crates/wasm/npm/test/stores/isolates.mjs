// Tests the token stores of Cloudflare Workers in 50 isolates: node isolates.mjs PACKAGE. PACKAGE is the folder of the built package.
// Miniflare comes from the folder of the runtimes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const { Log, LogLevel, Miniflare } = createRequire(path.join(here, "../../runtimes/package.json"))("miniflare");
const [packageFolder] = process.argv.slice(2).map((it) => path.resolve(it));

const ISOLATES = 50;
/** The oldest compatibility date with ES modules, and the newest of this workerd. */
const DATES = ["2022-01-31", "2026-04-01"];
const TOKEN = "eyJ-canary-token-0123456789abcdef";

for (const date of DATES) {
  await inIsolates(date, async (isolates) => {
    await testStore(isolates);
    await testKv(isolates);
  });
  for (const [store, expected] of [["durable-object", 1], ["none", ISOLATES]]) {
    await inIsolates(date, (isolates) => testTokenRequests(isolates, store, expected));
  }
  console.log(`${date}: ok`);
}

/** All isolates use the store at the same time. */
async function testStore([first, ...others]) {
  const isolates = [first, ...others];
  const all = (command, input) => Promise.all(isolates.map((run) => run("durable-object", command, input)));
  const one = (command, input) => first("durable-object", command, input);

  assert.ok((await all("get")).every((value) => value === null));
  await one("set", { value: TOKEN, ttlSeconds: 1 });
  const expires = sleep(1100);
  assert.ok((await all("get")).every((value) => value === TOKEN));
  await expires;
  assert.ok((await all("get")).every((value) => value === null), "the token has expired");

  for (let round = 0; round < 4; round += 1) {
    const acquired = await all("lock");
    assert.equal(acquired.filter(Boolean).length, 1, `round ${round}: ${acquired}`);
    const holder = isolates[acquired.indexOf(true)];
    await holder("durable-object", "release");
  }

  const before = await all("lock");
  const lease = sleep(2100);
  assert.equal((await all("lock")).filter(Boolean).length, 0);
  await lease;
  const after = await all("lock");
  assert.equal(after.filter(Boolean).length, 1, "the lease has ended");
  const [old, current] = [before, after].map((acquired) => acquired.indexOf(true));
  if (old !== current) await isolates[old]("durable-object", "release");
  assert.equal((await all("lock")).filter(Boolean).length, 0, "the old holder cannot release the new lock");
}

async function testKv([first, second]) {
  assert.equal(await first("kv", "get"), null);
  await first("kv", "set", { value: TOKEN, ttlSeconds: 1 });
  assert.equal(await second("kv", "get"), TOKEN);
}

/** The first calls of new clients in all isolates, at the same time. */
async function testTokenRequests(isolates, store, expected) {
  const adobe = await startAdobe();
  try {
    const credential = { clientId: "stores-test", clientSecret: "p8e-canary-secret-0123456789", orgId: "0123456789ABCDEF01234567@AdobeOrg", scopes: "openid" };
    const options = { ...credential, sandbox: "prod", baseUrl: adobe.url, imsUrl: adobe.url };
    // So that no isolate starts during the calls.
    await Promise.all(isolates.map((run) => run(store, "open", { options })));
    const lengths = await Promise.all(isolates.map((run) => run(store, "list")));
    assert.deepEqual(lengths, Array(isolates.length).fill(0));
    assert.equal(adobe.counts.calls, isolates.length);
    assert.equal(adobe.counts.tokens, expected, `token requests with the store "${store}"`);
  } finally {
    adobe.stop();
  }
}

/** A token endpoint and the service. A token takes 300 ms. */
async function startAdobe() {
  const counts = { tokens: 0, calls: 0 };
  const server = createServer(async (request, response) => {
    request.resume();
    const isToken = request.url.startsWith("/ims/");
    counts[isToken ? "tokens" : "calls"] += 1;
    if (isToken) await sleep(300);
    const body = isToken ? { access_token: TOKEN, token_type: "bearer", expires_in: 86_399 } : { results: [] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { counts, url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Runs a test with functions that each run a command in one isolate. */
async function inIsolates(compatibilityDate, test) {
  const output = [];
  const names = Array.from({ length: ISOLATES }, (_, index) => `isolate-${index}`);
  const shared = { compatibilityDate, modulesRoot: "/" };
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout, stderr) => [stdout, stderr].forEach((stream) => stream.on("data", (chunk) => output.push(String(chunk)))),
    workers: [
      ...names.map((name) => ({
        ...shared,
        name,
        modules: workerModules(),
        kvNamespaces: { KV: "tokens" },
        durableObjects: { OBJECTS: { className: "TokenStoreObject", scriptName: "objects", useSQLite: true } },
      })),
      {
        ...shared,
        name: "objects",
        modules: [module("objects.mjs", here), packed("ajo-limits/stores/durable-object")],
        durableObjects: { OBJECTS: { className: "TokenStoreObject", useSQLite: true } },
      },
    ],
  });
  try {
    const workers = await Promise.all(names.map((name) => miniflare.getWorker(name)));
    await test(workers.map((worker) => (store, command, input) => post(worker, { store, command, ...input })));
    assert.deepEqual(output, []);
  } finally {
    await miniflare.dispose();
  }
}

async function post(worker, body) {
  const response = await worker.fetch("http://worker/", { method: "POST", body: JSON.stringify(body) });
  const { result, error } = await response.json();
  if (error !== undefined) throw new Error(`${body.command}: ${error}`);
  return result;
}

/** workerd resolves no packages, so each module has its import name. */
function workerModules() {
  return [
    module("worker.mjs", here),
    packed("ajo-limits", "workerd.js"),
    packed("shared.js", "shared.js"),
    packed("errors.js", "errors.js"),
    { ...packed("core.wasm", "core.wasm"), type: "CompiledWasm" },
    packed("ajo-limits/stores/durable-object"),
    packed("ajo-limits/stores/kv"),
  ];
}

function packed(name, file = `${name.replace("ajo-limits/", "")}.js`) {
  return { type: "ESModule", path: `/${name}`, contents: readFileSync(path.join(packageFolder, file)) };
}

function module(name, folder) {
  return { type: "ESModule", path: `/${name}`, contents: readFileSync(path.join(folder, name)) };
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
