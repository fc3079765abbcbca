// Tests the installed package with its real core in Node.js. scripts/test-package.mjs runs it. `fetch` is a mock.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";

const require = createRequire(import.meta.url);

// Counts compilations, from before the first import.
let compiled = 0;
const { Module } = WebAssembly;
WebAssembly.Module = class extends Module {
  constructor(...args) {
    super(...args);
    compiled += 1;
  }
};
const esm = await import("ajo-limits");
const cjs = require("ajo-limits");
const compiledByImport = compiled;
WebAssembly.Module = Module;

const SECRET = "p8e-canary-secret-0123456789";
const options = { clientId: "client", clientSecret: SECRET, orgId: "0123456789ABCDEF01234567@AdobeOrg", scopes: "openid", sandbox: "prod" };

/** A `fetch` that issues tokens and returns empty lists. */
function mockService(requests = []) {
  return async (url, init) => {
    requests.push(`${init.method} ${new URL(url).pathname}`);
    const isToken = url.includes("/ims/");
    return Response.json(isToken ? { access_token: "eyJ-canary-token-0123456789", expires_in: 86399 } : { results: [] });
  };
}

// Every instance has a function that traps once it is armed.
let isArmed = false;
const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  constructor(...args) {
    const { exports } = new Instance(...args);
    const trap = () => {
      isArmed = false;
      throw new WebAssembly.RuntimeError("unreachable");
    };
    this.exports = { ...exports, respond: (...numbers) => (isArmed ? trap() : exports.respond(...numbers)) };
  }
};

/** A client whose first call traps in the module. */
function trappingClient(AjoClient) {
  let traps = 1;
  return new AjoClient({
    ...options,
    fetch: async (url, init) => {
      isArmed = traps-- > 0;
      return mockService()(url, init);
    },
  });
}

test("an import compiles nothing", () => {
  assert.equal(compiledByImport, 0);
});

test("the ES module and CommonJS have the same exports", () => {
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
});

for (const [name, { AjoClient, AjoError, AjoInternalError, validateCapping }] of Object.entries({ esm, cjs })) {
  test(`${name}: 100 concurrent calls request one token`, async () => {
    const requests = [];
    const ajo = new AjoClient({ ...options, fetch: mockService(requests) });
    await Promise.all(Array.from({ length: 100 }, async () => assert.deepEqual(await ajo.capping.list(), [])));
    assert.equal(requests.filter((it) => it.includes("/ims/")).length, 1);
    assert.equal(requests.length, 101);
  });

  test(`${name}: the offline rules work`, () => {
    assert.ok(validateCapping({ url: "https://h/*", methods: [], services: {} }).some(({ code }) => code === "ERR_ENDPOINTCONFIG_103"));
  });

  test(`${name}: options without a credential are rejected`, () => {
    assert.throws(() => new AjoClient({ sandbox: "prod" }), { name: "AjoValidationError", code: "CONFIG", message: /clientSecret/ });
  });

  test(`${name}: after a trap the next call works`, async () => {
    const ajo = trappingClient(AjoClient);
    const error = await ajo.capping.list().catch((it) => it);
    assert.ok(error instanceof AjoInternalError, inspect(error));
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    assert.deepEqual(await ajo.capping.list(), []);
  });

  test(`${name}: an error shows no secret`, async () => {
    const fetch = () => {
      throw new Error(`cannot send ${SECRET} and eyJ-canary-token-0123456789`);
    };
    const error = await new AjoClient({ ...options, fetch }).capping.list().catch((it) => it);
    assert.ok(error instanceof AjoError);
    assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(SECRET));
  });
}

test("instanceof works across both builds", () => {
  assert.throws(() => new cjs.AjoClient({}), esm.AjoValidationError);
  assert.throws(() => new esm.AjoClient({}), cjs.AjoValidationError);
});

test("both licenses are in the package", () => {
  const files = readdirSync(path.dirname(require.resolve("ajo-limits/package.json")));
  assert.deepEqual(files.filter((name) => name.startsWith("LICENSE")).sort(), ["LICENSE-APACHE", "LICENSE-MIT"]);
});

test("the emulator example of the README runs", async () => {
  const readme = readFileSync(path.join(path.dirname(require.resolve("ajo-limits/package.json")), "README.md"), "utf8");
  const [example] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes("createEmulator("));
  const file = path.resolve("readme-emulator.mjs");
  writeFileSync(file, example);
  await import(file);
});

/** A copy that shares nothing with `ajo-limits`, which has a module. */
function loadSlimAgain() {
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  return require("ajo-limits/slim");
}

test("slim uses the module of ajo-limits", async () => {
  const { AjoClient } = await import("ajo-limits/slim");
  assert.equal(AjoClient, esm.AjoClient);
  assert.deepEqual(await new AjoClient({ ...options, fetch: mockService() }).capping.list(), []);
});

test("slim accepts another module after a failure", async () => {
  const bytes = readFileSync(require.resolve("ajo-limits/core.wasm"));
  const slim = loadSlimAgain();
  slim.setModule(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  assert.throws(() => new slim.AjoClient(options), { name: "AjoInternalError", message: /could not be started/ });
  slim.setModule(new WebAssembly.Module(bytes));
  const client = () => new slim.AjoClient({ ...options, fetch: mockService() });
  const clients = [client()];
  for (let times = 0; times < 3; times += 1) {
    slim.setModule(times % 2 === 0 ? bytes : new WebAssembly.Module(bytes));
    clients.push(client());
    for (const each of clients) assert.deepEqual(await each.capping.list(), []);
    const error = await trappingClient(slim.AjoClient).capping.list().catch((it) => it);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError, inspect(error));
    for (const each of clients) assert.deepEqual(await each.capping.list(), []);
  }
});

test("slim accepts bytes and compiled modules", async () => {
  const bytes = readFileSync(require.resolve("ajo-limits/core.wasm"));
  const slim = loadSlimAgain();
  assert.throws(() => new slim.AjoClient(options), { name: "AjoValidationError", hint: /setModule/ });
  slim.setModule(bytes);
  assert.deepEqual(await new slim.AjoClient({ ...options, fetch: mockService() }).capping.list(), []);
  const other = await import("ajo-limits/slim");
  other.setModule(new WebAssembly.Module(bytes));
  assert.deepEqual(await new other.AjoClient({ ...options, fetch: mockService() }).capping.list(), []);
});

test("slim rejects what is no module", async () => {
  for (const { setModule, AjoValidationError } of [await import("ajo-limits/slim"), require("ajo-limits/slim")]) {
    const instance = new Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
    const values = [
      [instance, /not an object of type WebAssembly.Instance$/],
      [instance.exports, /not an object of type Object$/],
      [await import("node:fs"), /not an object of type Module$/],
      [Promise.resolve(), /not an object of type Promise$/],
      ["/core.wasm", /not a string$/],
      [undefined, /not undefined$/],
      [null, /not null$/],
    ];
    for (const [value, message] of values) {
      assert.throws(() => setModule(value), (error) => error instanceof AjoValidationError && error.code === "CONFIG" && message.test(error.message) && /import source/.test(error.hint));
    }
  }
});

test("slim accepts a module of another realm", async () => {
  const { setModule } = require("ajo-limits/slim");
  const { runInNewContext } = await import("node:vm");
  const bytes = readFileSync(require.resolve("ajo-limits/core.wasm"));
  setModule(runInNewContext("new WebAssembly.Module(bytes)", { bytes }));
  setModule(runInNewContext("new ArrayBuffer(8)"));
  setModule(bytes);
});
