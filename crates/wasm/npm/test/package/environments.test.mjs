// Environments without some globals, with other clocks, and with many calls: the package's requirements, and its errors.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
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

test("an import needs no global of the platform", () => {
  const names = ["TextEncoder", "TextDecoder", "URL", "URLSearchParams", "FinalizationRegistry", "performance", "AbortController", "WebAssembly", "fetch", "Headers", "crypto", "DOMException"];
  const exports = run(`
    const { log } = console;
    for (const name of ${JSON.stringify(names)}) delete globalThis[name];
    log(JSON.stringify(Object.keys(await import("ajo-limits"))));`);
  assert.ok(exports.includes("AjoClient"));
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
