// Environments without some globals, with other clocks, and with many calls: the package's requirements, and its errors.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";

const OPTIONS = `{ clientId: "client", accessToken: "eyJ-canary-token-0123456789", orgId: "0123456789ABCDEF01234567@AdobeOrg", sandbox: "prod" }`;

/** Runs a program in a new process, and returns the JSON that it prints. */
function run(program, ...flags) {
  const output = execFileSync(process.execPath, [...flags, "--input-type=module", "--eval", program], { encoding: "utf8" });
  return JSON.parse(output);
}

/** The error of the constructor, and of the same without a global. */
const construct = `
  const { AjoClient } = await import("ajo-limits");
  let error = {};
  try { new AjoClient(${OPTIONS}); } catch (thrown) { error = thrown; }
  console.log(JSON.stringify([error.name, error.code, error.message, error.hint]));`;

const GLOBALS = ["TextEncoder", "TextDecoder", "URL", "URLSearchParams", "FinalizationRegistry", "performance", "AbortController", "WebAssembly", "fetch", "Headers", "crypto", "DOMException"];

test("an import needs no global of the platform", () => {
  const exports = run(`
    const { log } = console;
    for (const name of ${JSON.stringify(GLOBALS)}) delete globalThis[name];
    log(JSON.stringify(Object.keys(await import("ajo-limits"))));`);
  assert.ok(exports.includes("AjoClient"));
});

test("an import of any subpath needs no global", () => {
  const subpaths = ["auth", "errors", "slim", "stores/kv", "stores/durable-object", "stores/file"].map((it) => `ajo-limits/${it}`);
  for (const name of [...subpaths, "ajo-limits-emulator"]) {
    const exports = run(`
      const { log } = console;
      for (const name of ${JSON.stringify(GLOBALS)}) delete globalThis[name];
      log(JSON.stringify(Object.keys(await import("${name}"))));`);
    assert.ok(exports.length > 0, name);
  }
});

test("a missing global is named at first use", () => {
  for (const name of ["TextEncoder", "TextDecoder", "AbortController"]) {
    const [, code, message, hint] = run(`const { log } = console; delete globalThis.${name}; ${construct}`);
    assert.equal(code, "MISSING_GLOBAL");
    assert.match(message, new RegExp(`has no global ${name}`));
    assert.match(hint, new RegExp(name));
  }
});

test("a runtime without WebAssembly has its own code", () => {
  const compileError = 'throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder")';
  const cases = [
    run(construct, "--jitless"),
    run(`delete globalThis.WebAssembly; ${construct}`),
    run(`WebAssembly.Module = class { constructor() { ${compileError}; } }; ${construct}`),
  ];
  for (const [, code, message, hint] of cases) {
    assert.equal(code, "NO_WEBASSEMBLY");
    assert.doesNotMatch(message, /bug/);
    assert.match(hint, /wasm-unsafe-eval/);
  }
});

test("every first use names what is missing", () => {
  const uses = [
    ["ajo-limits", `new it.AjoAuth(${OPTIONS})`],
    ["ajo-limits/auth", `new it.AjoAuth(${OPTIONS})`],
    ["ajo-limits", "it.validateCapping({})"],
    ["ajo-limits", "it.definitionOf({})"],
    ["ajo-limits", `it.AjoClient.fromEnv({ AJO_ACCESS_TOKEN: "token", AJO_CLIENT_ID: "id", AJO_ORG_ID: "A@AdobeOrg", AJO_SANDBOX: "prod" })`],
  ];
  const problems = [["WebAssembly", "NO_WEBASSEMBLY"], ["TextDecoder", "MISSING_GLOBAL"]];
  for (const [specifier, use] of uses) {
    const codes = run(`
      const it = await import("${specifier}");
      const codes = [];
      for (const name of ${JSON.stringify(problems.map(([name]) => name))}) {
        const value = globalThis[name];
        delete globalThis[name];
        try { ${use}; codes.push("none"); } catch (error) { codes.push(error.code); }
        globalThis[name] = value;
      }
      console.log(JSON.stringify(codes));`);
    assert.deepEqual(codes, problems.map(([, code]) => code), use);
  }
});

test("a refused token request is final", () => {
  const cases = [
    ["delete globalThis.fetch", "{}", /no global fetch/],
    ["", `{ imsUrl: "http://127.0.0.1:6000" }`, /bad port/],
    ["", `{ fetch: async () => { throw Object.assign(new Error("Requires net access"), { name: "NotCapable" }); } }`, /Requires net access/],
  ];
  for (const [before, options, message] of cases) {
    const [code, retryable, outcome, text, tokens] = run(`
      import { AjoClient } from "ajo-limits";
      ${before};
      const tokens = [];
      const onEvent = (event) => event.type === "token" && tokens.push(event.ok);
      const { accessToken, ...identity } = ${OPTIONS};
      const ajo = new AjoClient({ ...identity, clientSecret: "p8e-0123456789", scopes: "openid", onEvent, ...${options} });
      const error = await ajo.throttling.create({ urlPattern: "https://h/*", methods: ["GET"], maxThroughput: 400 }).catch((it) => it);
      console.log(JSON.stringify([error.code, error.retryable, error.outcome, error.message + " " + error.hint, tokens]));`);
    assert.deepEqual([code, retryable, outcome, tokens], ["FETCH_REFUSED", false, "failed", [false]], text);
    assert.match(text, message);
    assert.doesNotMatch(text, /may have|try again/);
  }
});

test("a short token masks no words", () => {
  const messages = run(`
    import { AjoClient } from "ajo-limits";
    const list = (fetch) => new AjoClient({ ...${OPTIONS}, accessToken: "t", maxAttempts: 1, fetch }).capping.list().catch((it) => it.message);
    const lost = await list(async () => { throw new Error("cannot connect to the host"); });
    const body = { error: { code: "1451", message: "the test is not here" } };
    const refused = await list(async () => Response.json(body, { status: 400, headers: { "x-request-id": "attempt" } }));
    console.log(JSON.stringify([lost, refused]));`);
  assert.match(messages[0], /cannot connect to the host/);
  assert.match(messages[1], /the test is not here.*request id attempt/);
});

test("a time limit holds after a clock went back", () => {
  const [first, code, attempts] = run(`
    import { AjoClient } from "ajo-limits";
    const [date, monotonic] = [Date.now, performance.now];
    const fetch = () => new Promise(() => {});
    const ajo = new AjoClient({ ...${OPTIONS}, fetch: async () => Response.json({ results: [] }) });
    Date.now = () => date() + 3_600_000;
    performance.now = () => monotonic.call(performance) + 3_600_000;
    const first = await ajo.capping.list();
    [Date.now, performance.now] = [date, monotonic];
    const later = new AjoClient({ ...${OPTIONS}, fetch });
    const error = await later.capping.list({ timeoutMs: 300 }).catch((it) => it);
    console.log(JSON.stringify([first, error.code, error.attempts]));`);
  assert.deepEqual([first, code, attempts], [[], "TIMEOUT", 1]);
});

test("a clock that goes back without a monotonic one is harmless", () => {
  const [code, attempts, elapsedMs, durations, seconds] = run(`
    import { AjoClient } from "ajo-limits";
    delete globalThis.performance;
    const date = Date.now;
    const start = date();
    const durations = [];
    const onEvent = ({ durationMs }) => durationMs !== undefined && durations.push(durationMs);
    let sent = 0;
    const fetch = () => {
      // A correction of the system's clock, in the first attempt.
      if (sent++ === 0) Date.now = () => date() - 3_600_000;
      return Promise.resolve(new Response("", { status: 503 }));
    };
    const ajo = new AjoClient({ ...${OPTIONS}, fetch, onEvent });
    const error = await ajo.capping.list({ timeoutMs: 1500 }).catch((it) => it);
    console.log(JSON.stringify([error.code, error.attempts, error.elapsedMs, durations, (date() - start) / 1000]));`);
  assert.ok(attempts >= 1, code);
  assert.ok(seconds < 10, `${seconds} s`);
  for (const duration of [elapsedMs, ...durations]) assert.ok(duration >= 0 && duration < 60_000, `${duration} ms`);
  assert.notEqual(durations.length, 0);
});

test("memory stays flat over many calls", () => {
  const [first, last] = run(`
    const { Instance } = WebAssembly;
    let memory;
    WebAssembly.Instance = class {
      constructor(...args) {
        this.exports = new Instance(...args).exports;
        ({ memory } = this.exports);
      }
    };
    const { AjoClient } = await import("ajo-limits");
    let count = 0;
    const responses = [() => Response.json({ results: [] }), () => new Response("{}", { status: 404 }), () => new Response("<html>")];
    const ajo = new AjoClient({ ...${OPTIONS}, fetch: async () => responses[count++ % 3](), onEvent: () => {} });
    const list = () => ajo.capping.list({ signal: AbortSignal.timeout(60_000) }).catch(() => {});
    const calls = async (number) => { for (let done = 0; done < number; done += 1) await list(); };
    await calls(1000);
    const before = memory.buffer.byteLength;
    await calls(Number(process.env.AJO_CALLS ?? 5000));
    console.log(JSON.stringify([before, memory.buffer.byteLength]));
    process.exit(0);`);
  assert.equal(last, first);
});

// Node.js prints the line that threw. Minified, that could be the whole file.
test("an uncaught error prints a few lines", () => {
  for (const program of ['import { AjoClient } from "ajo-limits"; new AjoClient({});', 'import { createEmulator } from "ajo-limits-emulator"; createEmulator({ wrong: 1 });']) {
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /AjoValidationError|Error: /);
    assert.ok(stderr.length < 3000, `${stderr.length} characters`);
  }
});
