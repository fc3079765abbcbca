import assert from "node:assert/strict";
import { test } from "node:test";
import { TOKEN_LOADED, TOKEN_REQUEST_FAILED, TOKEN_REQUEST_SUCCEEDED } from "../src/actions.js";
import { AjoClient } from "../src/client.js";
import { asFetch, done, failed, listResponse, rejection, scriptedClient, SECRET, send, TOKEN, useModule, wait } from "./support.js";

/** A logger, and its lines without request ids and durations. */
function recordingLogger(): { logger: any; lines: string[] } {
  const lines: string[] = [];
  const log = (level: string) => (line: string) => {
    lines.push(`${level} ${line}`.replace(/\d+ ms/g, "N ms").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
  };
  return { logger: { error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") }, lines };
}

/** The lines of a call with a retry. */
async function linesOf(options: object): Promise<string[]> {
  const { logger, lines } = recordingLogger();
  const responses = [new Response("{}", { status: 503 }), listResponse({ uid: "uid-of-a-body" })];
  const fetch = asFetch(() => responses.shift());
  const script = [send({ flags: 0x200 | TOKEN_REQUEST_SUCCEEDED }), { ...wait(1), extra: 1 }, send(), done];
  const { ajo } = scriptedClient(script, { fetch, logger, ...options });
  await ajo.capping.list();
  return lines;
}

const DEBUG = [
  "debug ajo-limits: capping.list attempt 1: POST https://service.test/journey/orchestration/list/endpointConfigs, request id ID",
  "info ajo-limits: got a token",
  "debug ajo-limits: capping.list attempt 1: 503 after N ms",
  "warn ajo-limits: capping.list attempt 1: 503; retrying in N ms",
  "debug ajo-limits: capping.list attempt 2: POST https://service.test/journey/orchestration/list/endpointConfigs, request id ID",
  "debug ajo-limits: capping.list attempt 2: 200 after N ms",
  "info ajo-limits: capping.list succeeded after 2 attempts, N ms",
];

test("each level logs more", async () => {
  const upTo = (...levels: string[]) => DEBUG.filter((line) => levels.some((level) => line.startsWith(level)));
  assert.deepEqual(await linesOf({ logLevel: "debug" }), DEBUG);
  assert.deepEqual(await linesOf({ logLevel: "info" }), upTo("info", "warn"));
  assert.deepEqual(await linesOf({ logLevel: "warn" }), upTo("warn"));
  assert.deepEqual(await linesOf({}), upTo("warn"), "the default with a logger");
  assert.deepEqual(await linesOf({ logLevel: "error" }), []);
  assert.deepEqual(await linesOf({ logLevel: "off" }), []);
});

test("no line has a header, a body, or a secret", async () => {
  const { logger, lines } = recordingLogger();
  const fetch = asFetch(() => new Response('{"message":"body of the response"}', { status: 500, headers: { "x-secret": "header value" } }));
  const script = [
    send({ flags: 0x200 | TOKEN_LOADED | TOKEN_REQUEST_FAILED }),
    failed({ kind: "api", message: `capping.delete failed: ${SECRET} ${TOKEN}`, body: "body of the response" }),
  ];
  const headers = { "x-custom": "value of a header" };
  const { ajo } = scriptedClient(script, { fetch, logger, logLevel: "debug", headers });
  await rejection(ajo.capping.delete("u", { force: true }));
  const text = lines.join("\n");
  assert.equal(lines.at(-1), "error ajo-limits: capping.delete failed: … … (after 1 attempt, N ms)");
  assert.match(text, /DELETE \S+\/u\?forceDelete=…, request id ID/);
  for (const hidden of [SECRET, TOKEN, "header value", "value of a header", "body of", "forceDelete=true"]) assert.ok(!text.includes(hidden), hidden);
});

test("an abort is no error in the log", async () => {
  const { logger, lines } = recordingLogger();
  const { ajo } = scriptedClient([send(), done], { logger, logLevel: "info" });
  await rejection(ajo.capping.list({ signal: AbortSignal.abort() }));
  assert.deepEqual(lines, ["info ajo-limits: capping.list: aborted by the caller's signal (after 0 attempts, N ms)"]);
});

test("a failing logger does not fail the call", async () => {
  const throws = () => {
    throw new Error("disk full");
  };
  const logger = { error: throws, warn: throws, info: throws, debug: async () => throws() };
  const { ajo } = scriptedClient([send(), done], { logger, logLevel: "debug", fetch: asFetch(() => listResponse()) });
  assert.deepEqual(await ajo.capping.list(), []);
});

test("AJO_LOG sets the level of the console", async () => {
  const { console: before } = globalThis;
  const { logger, lines } = recordingLogger();
  globalThis.console = logger;
  try {
    for (const [AJO_LOG, options, expected] of [
      ["info", {}, 1],
      [" debug ", {}, 3],
      ["", {}, 0],
      ["debug", { logLevel: "off" }, 0],
      [undefined, {}, 0],
    ] as const) {
      lines.length = 0;
      delete process.env["AJO_LOG"];
      if (AJO_LOG !== undefined) process.env["AJO_LOG"] = AJO_LOG;
      const { ajo } = scriptedClient([send(), done], { fetch: asFetch(() => listResponse()), ...options });
      await ajo.capping.list();
      assert.equal(lines.length, expected, AJO_LOG);
    }
    process.env["AJO_LOG"] = "loud";
    const create = () => new AjoClient({ clientId: "id", orgId: "org", sandbox: "prod", accessToken: TOKEN });
    useModule();
    assert.throws(create, { code: "CONFIG", message: "new AjoClient: AJO_LOG must be one of off, error, warn, info, debug" });
  } finally {
    globalThis.console = before;
    delete process.env["AJO_LOG"];
  }
});

test("no permission is requested for AJO_LOG", () => {
  const descriptors: unknown[] = [];
  (globalThis as any).Deno = { permissions: { querySync: (it: unknown) => (descriptors.push(it), { state: "prompt" }) } };
  process.env["AJO_LOG"] = "loud";
  try {
    useModule();
    new AjoClient({ clientId: "id", orgId: "org", sandbox: "prod", accessToken: TOKEN });
    assert.deepEqual(descriptors, [{ name: "env", variable: "AJO_LOG" }]);
  } finally {
    delete (globalThis as any).Deno;
    delete process.env["AJO_LOG"];
  }
});
