// Checks that memory stays flat: node --expose-gc memory.mjs PACKAGE CALLS. PACKAGE is the folder of the built package. The calls succeed,
// fail, time out, and are aborted, 200 at a time. Clients are replaced now and then. `fetch` is a mock.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "./figures.mjs";

const CONCURRENT = 200;
const CALLS_PER_CLIENT = 100;
const SAMPLES = 40;
const [folder, count] = process.argv.slice(2);
const calls = Number(count);
/**
 * Allowed growth in bytes from the second to the last quarter of the samples. The first quarter warms up; with few calls, the last page of
 * the module's memory may come later.
 */
const MAX_GROWTH = { "WebAssembly memory": calls < 100_000 ? 65_536 : 0, "heap after garbage collection": 0.5e6, "resident memory": 8e6 };
const CONFIG = { uid: "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7", state: "deployed", url: "https://api.example.org/*", methods: ["GET"] };
const DEFINITION = { urlPattern: "https://a.example/*", methods: ["GET"], maxThroughput: 200 };

/** Of 100 calls: how many, the response of the service, and the call. */
const KINDS = [
  [58, () => json(200, { result: CONFIG }), (client, options) => client.capping.get(CONFIG.uid, options)],
  [10, () => json(200, { results: Array(20).fill(CONFIG) }), (client, options) => client.capping.list(options)],
  [8, () => json(200, { uid: CONFIG.uid }), (client, options) => client.throttling.create(DEFINITION, options)],
  [6, () => json(404, { error: { code: `code-${started}`, message: `message ${started}` } }), (client, options) => client.throttling.get(CONFIG.uid, options)],
  [3, () => json(200, "<html>"), (client, options) => client.capping.canDeploy(CONFIG.uid, options)],
  [3, () => json(401, { error_code: "401013" }), (client, options) => client.capping.undeploy(CONFIG.uid, options)],
  [3, () => Promise.reject(new TypeError(`fetch failed ${started}`)), (client, options) => client.capping.deploy(CONFIG.uid, { ...options, maxAttempts: 1 })],
  [3, () => new Promise(() => {}), (client, options) => abortSoon((signal) => client.capping.list({ ...options, signal }))],
  [3, () => new Promise(() => {}), (client, options) => client.capping.list({ ...options, timeoutMs: 5 })],
  [3, undefined, (client, options) => client.capping.get(`../${started}`, options)],
].flatMap(([count, respond, call]) => Array(count).fill({ respond, call }));

/** The memories of all WebAssembly instances. */
const memories = new Set();
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(type, args) {
    const instance = new type(...args);
    memories.add(instance.exports.memory);
    return instance;
  },
});

const { AjoClient, AjoError } = await import(pathToFileURL(path.resolve(folder, "index.js")));
let started = 0;
let client = newClient();
const samples = [];
while (started < calls) {
  await Promise.all(Array.from({ length: CONCURRENT }, makeCall));
  if (started >= (samples.length + 1) * (calls / SAMPLES)) samples.push(await takeSample());
}
if (memories.size !== 1) throw new Error(`there were ${memories.size} instances of the module, not one`);
const problems = Object.entries(MAX_GROWTH).flatMap(([name, max]) => {
  const quarter = Math.floor(samples.length / 4);
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)].map((part) => median(part.map((it) => it[name])));
  console.log(`${name} of ${calls} calls: ${(early / 1e6).toFixed(2)} MB, later ${(late / 1e6).toFixed(2)} MB`);
  return late - early > max ? [`the ${name} grows by ${late - early} bytes`] : [];
});
if (problems.length > 0) throw new Error(problems.join("; "));

function newClient() {
  const identity = { clientId: "client-1", orgId: "A1@AdobeOrg", scopes: ["openid"], sandbox: "prod" };
  return new AjoClient({ ...identity, clientSecret: `secret-of-${started}`, tokenStore: new Map(), onEvent: () => {}, fetch: mockFetch });
}

async function makeCall() {
  // 37 and 100 have no common divisor, so the kinds are mixed.
  const kind = (started * 37) % KINDS.length;
  if (started % CALLS_PER_CLIENT === 0) client = newClient();
  started += 1;
  try {
    await KINDS[kind].call(client, { headers: { "x-kind": String(kind) } });
  } catch (error) {
    if (!(error instanceof AjoError) || error.code === "INTERNAL") throw error;
  }
}

async function mockFetch(url, { headers }) {
  const kind = new Headers(headers).get("x-kind");
  // A token request has no header of the caller.
  if (kind === null) return json(200, { access_token: `token-of-${started}`, expires_in: 3600 });
  return KINDS[kind].respond();
}

function json(status, value) {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { status, headers: new Headers({ "x-request-id": `id-${started}` }), text: async () => body };
}

function abortSoon(call) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  return call(controller.signal);
}

async function takeSample() {
  // Finalizers of clients run in later turns.
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { rss, heapUsed } = process.memoryUsage();
  const bytes = [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  return { "WebAssembly memory": bytes, "heap after garbage collection": heapUsed, "resident memory": rss };
}
