// Tests the token stores of the installed package in several processes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const PROCESSES = 6;
const KEY = "0f".repeat(32);
const work = mkdtempSync(path.join(tmpdir(), "ajo-stores-"));
after(() => rmSync(work, { recursive: true, force: true }));

test("stores can be imported and required", async () => {
  for (const [name, exported] of [
    ["kv", ["createKvStore"]],
    ["durable-object", ["TokenStoreObject", "createDurableObjectStore"]],
    ["file", ["createFileStore"]],
  ]) {
    const specifier = `ajo-limits/stores/${name}`;
    assert.deepEqual(Object.keys(await import(specifier)).sort(), exported);
    assert.deepEqual(Object.keys(require(specifier)).sort(), exported);
  }
});

test("one of all processes locks a file", async () => {
  const program = `
    import { createFileStore } from "ajo-limits/stores/file";
    const store = createFileStore(process.argv[1]);
    await new Promise((resolve) => setTimeout(resolve, process.argv[2] - Date.now()));
    const attempts = await Promise.all(Array.from({ length: 30 }, () => store.lock("${KEY}", 60)));
    console.log(attempts.filter((release) => release !== undefined).length);`;
  const directory = path.join(work, "locks");
  const counts = await inProcesses(program, directory, Date.now() + 1000);
  assert.equal(counts.map(Number).reduce((sum, count) => sum + count), 1, counts);
  assert.deepEqual(readdirSync(directory), [`${KEY}.lock-1`]);
});

test("all processes make one token request", async () => {
  const counts = { tokens: 0, calls: 0 };
  const server = createServer((request, response) => {
    request.resume();
    const isToken = request.url.startsWith("/ims/");
    counts[isToken ? "tokens" : "calls"] += 1;
    const body = isToken ? { access_token: "eyJ-canary-token-0123456789abcdef", token_type: "bearer", expires_in: 86_399 } : { results: [] };
    setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)), isToken ? 300 : 0);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const program = `
    import { AjoClient } from "ajo-limits";
    import { createFileStore } from "ajo-limits/stores/file";
    const [, directory, start, url] = process.argv;
    const credential = { clientId: "client", clientSecret: "p8e-canary-secret-0123456789", orgId: "0123456789ABCDEF01234567@AdobeOrg", scopes: "openid" };
    const ajo = new AjoClient({ ...credential, sandbox: "prod", baseUrl: url, imsUrl: url, tokenStore: createFileStore(directory) });
    await new Promise((resolve) => setTimeout(resolve, start - Date.now()));
    console.log((await ajo.capping.list()).length);`;
  try {
    const lengths = await inProcesses(program, path.join(work, "tokens"), Date.now() + 1500, `http://127.0.0.1:${server.address().port}`);
    assert.deepEqual(lengths.map(Number), Array(PROCESSES).fill(0));
    assert.deepEqual(counts, { tokens: 1, calls: PROCESSES });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

/** Runs a module in several processes at the same time, and returns what each prints. */
function inProcesses(program, ...programArguments) {
  const nodeArguments = ["--input-type=module", "--eval", program, "--", ...programArguments.map(String)];
  const run = () =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, nodeArguments, { cwd: path.dirname(fileURLToPath(import.meta.url)), stdio: ["ignore", "pipe", "inherit"], timeout: 30_000 });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      child.once("error", reject);
      child.once("close", (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(`a process exited with ${code}`))));
    });
  return Promise.all(Array.from({ length: PROCESSES }, run));
}
