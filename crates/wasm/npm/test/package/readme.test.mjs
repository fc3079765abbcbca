// Runs all programs in the package's README, in its order and with the emulator. scripts/types.mjs compiles them.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { AjoClient, AjoHttpError } from "ajo-limits";
import { TokenStoreObject } from "ajo-limits/stores/durable-object";
import { createEmulator } from "ajo-limits-emulator";

const { transform } = createRequire(process.env.AJO_TOOLS)("esbuild");
const readme = await readFile(new URL("node_modules/ajo-limits/README.md", import.meta.url), "utf8");
const blocks = (language) => [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, text]) => text);

/** The headings of the README; links within it point to them. */
const anchors = [...readme.matchAll(/^##+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-"));

const emulator = createEmulator();
const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = emulator.options;

/** The environment variables that the programs read. */
const variables = {
  ...{ AJO_CLIENT_ID: clientId, AJO_CLIENT_SECRET: clientSecret, AJO_ORG_ID: orgId, AJO_SCOPES: [scopes].flat().join() },
  ...{ AJO_SANDBOX: sandbox, AJO_BASE_URL: baseUrl, AJO_IMS_URL: imsUrl, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
};

/** Requests to hosts other than the emulator's. */
const others = [];
async function fetch(url, init) {
  const { origin, pathname } = new URL(url);
  if (origin === new URL(baseUrl).origin && pathname.startsWith("/ajo/")) return Response.json({ results: ["a journey"] });
  if (origin === new URL(baseUrl).origin || origin === new URL(imsUrl).origin) return emulator.fetch(url, init);
  others.push(`${init.method ?? "GET"} ${url}`);
  return Response.json(pathname.startsWith("/ims/token") ? { access_token: "eyJ-other-token-0123456789", expires_in: 86_399 } : { results: [] });
}

/** Runs a program, and returns its exports and its log. */
async function run(text, name) {
  const file = new URL(name, import.meta.url);
  const { code } = await transform(text, { loader: "ts", format: "esm" });
  await writeFile(file, code);
  const lines = [];
  const { log } = console;
  console.log = (...values) => lines.push(values);
  try {
    return { exports: await import(file), lines };
  } finally {
    console.log = log;
  }
}

test("the README's programs run", async (context) => {
  context.mock.method(globalThis, "fetch", fetch);
  Object.assign(process.env, variables);
  const ajo = AjoClient.fromEnv();
  const port = { postMessage: (data) => (port.sent = structuredClone(data)) };
  const env = { ...variables, TOKENS: { get: async () => null, put: async () => {} } };
  const error = new AjoHttpError("m", { code: "1451" });
  Object.assign(globalThis, { ajo, port, env, error });
  context.after(() => ["ajo", "port", "env", "error", "uid"].forEach((name) => delete globalThis[name]));

  const lines = {};
  for (const [index, text] of blocks("ts").entries()) {
    // The configuration that the first program has created.
    globalThis.uid = (await ajo.capping.list())[0]?.uid;
    lines[text] = (await run(text, `readme-${index}.mjs`)).lines;
  }
  const logged = context.mock.method(console, "error", () => {});
  port.onmessage({ data: port.sent });
  assert.deepEqual(logged.mock.calls[0].arguments, ["1451"]);
  const linesOf = (part) => Object.entries(lines).find(([text]) => text.includes(part))[1];
  assert.deepEqual(linesOf("capping.create")[0].slice(1), ["deployed", "https://api.example.org/data/2.5/*"]);
  assert.deepEqual(linesOf("setRating").at(-1)?.at(-1), "new");
  assert.deepEqual(linesOf("validateCapping")[0].slice(0, 3), ["error", "ERR_ENDPOINTCONFIG_103", "/methods"]);
  assert.deepEqual(linesOf("new AjoAuth"), [[200, { results: [] }]]);
  assert.deepEqual(await ajo.capping.list(), [], "the program for errors has deleted it");
  assert.deepEqual(others, ["POST https://ims-na1.adobelogin.com/ims/token/v3", "GET https://platform.adobe.io/ajo/journey?pageSize=10"]);
});

test("the README's Worker shares its token", async (context) => {
  context.mock.method(globalThis, "fetch", fetch);
  const { exports } = await run(blocks("js")[0], "readme-worker.mjs");
  assert.equal(exports.TokenStoreObject, TokenStoreObject);
  const storage = new Map();
  const state = {
    storage: { get: async (key) => storage.get(key), put: async (key, value) => void storage.set(key, value), setAlarm: async () => {} },
    blockConcurrencyWhile: (work) => work(),
  };
  const object = new TokenStoreObject(state);
  const TOKENS = { idFromName: (name) => name, get: () => ({ fetch: (url, init) => object.fetch(new Request(url, init)) }) };
  const response = await exports.default.fetch(new Request("https://worker.example"), { CLIENT_ID: "id", CLIENT_SECRET: "s3cret-0123", ORG_ID: orgId, SCOPES: "openid", TOKENS });
  assert.deepEqual(await response.json(), []);
  assert.equal(storage.size, 1);
});

test("the README's settings for wrangler are valid", () => {
  const [objects, kv] = blocks("jsonc").map((text) => JSON.parse(`{${text.replaceAll(/^\/\/.*$/gm, "")}}`));
  assert.equal(objects.durable_objects.bindings[0].class_name, "TokenStoreObject");
  assert.deepEqual(objects.migrations[0].new_sqlite_classes, ["TokenStoreObject"]);
  assert.equal(kv.kv_namespaces[0].binding, "TOKENS");
});

test("links within the README lead to a heading", () => {
  const targets = [...readme.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target);
  assert.ok(targets.length > 5);
  assert.deepEqual(targets.filter((target) => !anchors.includes(target)), []);
});
