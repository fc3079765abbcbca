// Tests the examples of token stores with the real libraries: node examples.mjs. Needs redis-server. The state of App Builder is a
// local server.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const examples = path.join(here, "../../examples/token-stores");
const require = createRequire(import.meta.url);
const KEY = "0f".repeat(32);
const TOKEN = "eyJ-canary-token-0123456789abcdef";

const tsc = path.join(here, "../../node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", here], { stdio: "inherit" });
// A path to a socket must be short.
const work = mkdtempSync("/tmp/ajo-stores-");
try {
  await testRedis(await load("redis-store"));
  await testState(await load("state-store"));
  console.log("token stores: the examples work");
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function load(name) {
  const outfile = path.join(work, `${name}.mjs`);
  await build({ entryPoints: [path.join(examples, `${name}.ts`)], outfile, platform: "node", format: "esm", target: "node20" });
  return import(pathToFileURL(outfile));
}

async function testRedis({ createRedisStore }) {
  const socket = path.join(work, "redis.sock");
  const server = spawn("redis-server", ["--port", "0", "--unixsocket", socket, "--dir", work, "--save", ""], { stdio: "ignore" });
  try {
    await until(() => existsSync(socket));
    const clients = await Promise.all([0, 1].map(() => require("redis").createClient({ socket: { path: socket } }).on("error", () => {}).connect()));
    const [first, second] = clients.map(createRedisStore);
    assert.equal(await first.get(KEY), null);
    await first.set(KEY, TOKEN, 1);
    assert.equal(await second.get(KEY), TOKEN);
    await until(async () => (await second.get(KEY)) === null);

    const attempts = await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? first : second).lock(KEY, 1)));
    const [release, ...more] = attempts.filter((it) => it !== undefined);
    assert.equal(more.length, 0);
    let next;
    await until(async () => (next = await second.lock(KEY, 60)) !== undefined);
    await release();
    assert.equal(await first.lock(KEY, 60), undefined, "a release after the lease does not release the next lock");
    await next();
    assert.notEqual(await first.lock(KEY, 60), undefined);

    clients.forEach((client) => client.destroy());
    await assert.rejects(async () => first.set(KEY, TOKEN, 60), (error) => !describe(error).includes(TOKEN));
  } finally {
    server.kill();
  }
}

async function testState({ createStateStore }) {
  const entries = new Map();
  const lifetimes = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://state");
    let body = "";
    for await (const chunk of request) body += chunk;
    if (status !== 200) return response.writeHead(status).end();
    if (request.method === "PUT") {
      lifetimes.push(searchParams.get("ttl"));
      entries.set(pathname, body);
      return response.end();
    }
    const value = entries.get(pathname);
    response.writeHead(value === undefined ? 404 : 200, { "x-key-expires-ms": String(Date.now() + 60_000) }).end(value);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    // The library reads it when it is loaded.
    process.env.AIO_STATE_ENDPOINT = `http://127.0.0.1:${server.address().port}`;
    const store = createStateStore(await require("@adobe/aio-lib-state").init({ ow: { namespace: "123-tests", auth: "user:password" } }));
    assert.equal(await store.get(KEY), undefined);
    await store.set(KEY, TOKEN, 3600);
    assert.equal(await store.get(KEY), TOKEN);
    assert.deepEqual(lifetimes, ["3600"]);
    assert.equal(store.lock, undefined);
    for (const [next, code] of [[403, "ERROR_BAD_CREDENTIALS"], [413, "ERROR_PAYLOAD_TOO_LARGE"]]) {
      status = next;
      await assert.rejects(store.set(KEY, TOKEN, 3600), (error) => describe(error) === `the token was not stored: ${code}`);
      await assert.rejects(store.get(KEY), (error) => error.code === code);
    }
  } finally {
    server.close();
  }
}

/** Everything that a log could contain. */
function describe(error) {
  return [error.message, ...Object.values(error).map((value) => JSON.stringify(value))].join(" ");
}

async function until(condition) {
  for (let left = 300; left > 0; left -= 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the condition did not become true");
}
