// The JavaScript in the guides of the documentation: the programs print what the page shows, and the calls in the tables work.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { AjoClient } from "ajo-limits";
import { createEmulator } from "ajo-limits-emulator";

const LIMIT = {
  url: "https://api.example.org/*",
  methods: ["GET"],
  services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};
const PARTNER = { urlPattern: "https://partner.example.com/*", methods: ["POST"], maxThroughput: 400 };

const readPage = (name) => readFile(path.join(process.env.AJO_DOCS, name), "utf8");

/** The marked programs of a page, with the text block that follows one. */
function programsOf(page) {
  const programs = [];
  for (const [, name, language, text] of page.matchAll(/(?:^<!-- program: (\S+) -->\n)?^```(\w+)\n(.*?)^```$/gms)) {
    if (name !== undefined) programs.push({ name, code: text });
    else if (language === "text" && programs.length > 0) programs.at(-1).expected ??= text;
  }
  return programs;
}

test("the programs of docs/javascript.md run", async () => {
  const programs = programsOf(await readPage("javascript.md"));
  assert.deepEqual(programs.map(({ name }) => name), ["first.mjs", "errors.mjs", "limits.test.mjs"]);
  for (const { name, code, expected } of programs) {
    // The test runner that runs this file must not collect it.
    const file = path.join(import.meta.dirname, `guide-${name.replace(".test", "")}`);
    await writeFile(file, code);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", env });
    assert.equal(status, 0, `${name}\n${stdout}\n${stderr}`);
    if (expected === undefined) assert.match(stdout, /^# pass 2$|^ℹ pass 2$/m, name);
    else assert.equal(stdout, expected, name);
  }
});

/** The other programs: the page, and the variables that the reader has. */
const SNIPPETS = {
  "../README.md": ["clientId", "clientSecret", "orgId", "scopes", "uid"],
  "emulator.md": [],
  "javascript.md": [],
  "other-apis.md": ["ajo"],
};

for (const [page, names] of Object.entries(SNIPPETS)) {
  test(`the programs of docs/${page} run on the emulator`, async (context) => {
    const blocks = (await readPage(page)).matchAll(/(?<!-->\n)^```(?:js|ts)\n(.*?)^```$/gms);
    const programs = [...blocks].map(([, code]) => code);
    assert.ok(programs.length > 0);
    const emulator = createEmulator();
    const { clientId, clientSecret, orgId, scopes, sandbox } = emulator.options;
    // The emulator has no journeys.
    const isOtherApi = (url) => new URL(url.url ?? url).pathname.startsWith("/ajo/");
    const fetch = async (url, init) => (isOtherApi(url) ? Response.json({ results: [] }) : emulator.fetch(url, init));
    const ajo = new AjoClient({ ...emulator.options, fetch });
    const { uid } = await ajo.capping.create(LIMIT);
    context.mock.method(globalThis, "fetch", fetch);
    context.mock.method(console, "log", () => {});
    const variables = {
      ...{ AJO_CLIENT_ID: clientId, AJO_CLIENT_SECRET: clientSecret, AJO_ORG_ID: orgId, AJO_SCOPES: [scopes].flat().join() },
      AJO_SANDBOX: sandbox,
    };
    Object.assign(process.env, variables);
    Object.assign(globalThis, { reader: { clientId, clientSecret, orgId, scopes, uid, ajo } });
    context.after(() => {
      Object.keys(variables).forEach((name) => delete process.env[name]);
      delete globalThis.reader;
    });
    for (const [index, code] of programs.entries()) {
      const file = path.join(import.meta.dirname, `snippet-${path.basename(page)}-${index}.mjs`);
      await writeFile(file, `const { ${names.join(", ")} } = globalThis.reader;\n${code}`);
      await assert.doesNotReject(import(file), `${page}\n${code}`);
    }
  });
}

for (const page of ["moving-from-aepp.md", "moving-from-postman.md"]) {
  test(`the calls in the tables of docs/${page} succeed`, async () => {
    const rows = (await readPage(page)).split("\n").filter((line) => line.startsWith("| "));
    const calls = rows.flatMap((row) => [...row.matchAll(/`(await ajo\.(capping|throttling)\..*?)`/g)]);
    assert.ok(calls.length >= 16, `${calls.length} calls`);
    for (const [, call, api] of calls) {
      const emulator = createEmulator();
      const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
      const { uid } = api === "capping" ? await ajo.capping.create(LIMIT) : await ajo.throttling.create(PARTNER);
      if (call.includes(".create(")) await ajo[api].delete(uid);
      if (call.includes(".undeploy(") || call.includes("force: true")) await ajo[api].deploy(uid);
      const run = new Function("ajo", "uid", "limit", "partner", `return (async () => ${call})();`);
      await assert.doesNotReject(run(ajo, uid, LIMIT, PARTNER), call);
    }
  });
}
