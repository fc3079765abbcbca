import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AjoClient } from "../src/client.js";
import { AjoValidationError } from "../src/errors.js";
import { definitionOf } from "../src/definition-of.js";
import { OPERATIONS } from "../src/generated/operations.js";
import { validateCapping, validateThrottling } from "../src/validate.js";
import { asFetch, BASE_URL, done, failed, rejection, scriptedClient, SECRET, send, sleep, TOKEN, useModule } from "./support.js";

const constructorError = (options: any): any => {
  useModule();
  try {
    new AjoClient(options);
  } catch (error) {
    return error;
  }
  throw new Error("the constructor did not throw");
};

/** The requests of calls, without the headers that identify the client. */
function recordingClient(response: () => Response = () => new Response("{}"), options = {}): { ajo: any; requests: any[]; module: any } {
  const requests: any[] = [];
  const fetch = asFetch((url, { signal, redirect, ...init }) => {
    requests.push({ url: url.replace(BASE_URL, ""), ...init });
    return response();
  });
  return { ...scriptedClient([send(), done], { fetch, ...options }), requests };
}

test("every operation sends its request", async () => {
  const config = { uid: "u-1", url: "https://h" };
  const bodies: any = { results: [config], result: config, canDeploy: {}, ...config };
  const { ajo, requests, module } = recordingClient(() => Response.json(bodies));
  for (const api of [ajo.capping, ajo.throttling]) {
    assert.deepEqual(await api.list(), [config]);
    assert.deepEqual(await api.create({ a: 1 }), bodies);
    assert.deepEqual(await api.get("u"), config);
    assert.deepEqual(await api.update("u", { a: 1 }), bodies);
    assert.equal(await api.delete("u", { force: true }), undefined);
    assert.deepEqual(await api.canDeploy("u"), { errors: [], warnings: [] });
    assert.equal(await api.deploy("u"), undefined);
    assert.equal(await api.undeploy("u", { timeoutMs: 5, attemptTimeoutMs: 4, maxAttempts: 1 }), undefined);
  }
  const sent = (path: string) => [
    ["POST", `/list/${path}`, "{}"],
    ["POST", `/${path}`, '{"a":1}'],
    ["GET", `/${path}/u`, undefined],
    ["PUT", `/${path}/u`, '{"a":1}'],
    ["DELETE", `/${path}/u?forceDelete=true`, undefined],
    ["GET", `/${path}/u/canDeploy`, undefined],
    ["POST", `/${path}/u/deploy`, undefined],
    ["POST", `/${path}/u/undeploy`, undefined],
  ];
  const actual = requests.map(({ method, url, body }) => [method, url, body]);
  assert.deepEqual(actual, [...sent("endpointConfigs"), ...sent("throttlingConfigs")]);
  assert.deepEqual(module.begun.map(([operation]: number[]) => operation), Array.from({ length: 16 }, (_, index) => index));
  assert.deepEqual([module.begun[0], module.begun[7]], [[0, 0, 0, 0], [7, 4, 5, 1]]);
  assert.deepEqual(module.definitions, [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }]);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("request ids are UUIDs without crypto too", async () => {
  const { randomUUID } = crypto;
  Object.assign(crypto, { randomUUID: undefined });
  try {
    const { ajo, requests } = recordingClient(() => Response.json({ results: [] }));
    for (let times = 0; times < 50; times += 1) await ajo.capping.list();
    const ids = requests.map(({ headers }) => headers["x-request-id"]);
    assert.equal(new Set(ids).size, 50);
    for (const id of ids) assert.match(id, UUID);
  } finally {
    Object.assign(crypto, { randomUUID });
  }
});

test("a request has the headers of its call", async () => {
  const headers: [string, string][] = [["X-A", "1"], ["x-b", "2"], ["x-a", "3"], ["__proto__", "4"]];
  const { ajo, requests, module } = recordingClient(() => Response.json({ uid: "u", results: [] }), { headers });
  await ajo.capping.list();
  await ajo.capping.create({}, { headers: new Map([["X-B", "5"]]) });
  await ajo.capping.deploy("u");
  const shared = [["__proto__", "4"], ["authorization", `Bearer ${TOKEN}`], ["x-a", "1, 3"], ["x-api-key", "id"], ["x-gw-ims-org-id", "org"], ["x-sandbox-name", "prod"]];
  const json = [["accept", "application/json"], ["content-type", "application/json"]];
  const expected = [[...shared, ["x-b", "2"], ...json], [...shared, ["x-b", "5"], ...json], [...shared, ["x-b", "2"]]];
  for (const [index, { headers }] of requests.entries()) {
    const { "x-request-id": id, ...rest } = headers;
    assert.match(id, UUID);
    assert.deepEqual(Object.entries(rest).sort(), expected[index]?.sort());
  }
  assert.deepEqual(module.checkedHeaders.at(-1), ["x-b", "5"]);
});

test("options for fetch are passed through", async () => {
  const { ajo, requests } = recordingClient(undefined, { fetchOptions: { keepalive: true, cf: { cacheTtl: 1 } } });
  await ajo.capping.deploy("u");
  await ajo.capping.deploy("u", { fetchOptions: { keepalive: false } });
  assert.deepEqual(requests.map(({ keepalive, cf }) => [keepalive, cf]), [[true, { cacheTtl: 1 }], [false, { cacheTtl: 1 }]]);
  for (const name of ["method", "headers", "body", "redirect", "signal"]) {
    const error = await rejection(ajo.capping.list({ fetchOptions: { [name]: undefined } }));
    assert.match(error.message, /`fetchOptions` must be an object without method, headers, body, redirect, signal/);
  }
});

test("withResponse returns the result and its response", async () => {
  const { ajo } = recordingClient(() => Response.json({ results: [] }, { headers: { "x-request-id": "theirs", "x-limit": "5" } }));
  const { data, status, headers, requestId, attempts } = await ajo.capping.list().withResponse();
  assert.deepEqual([data, status, headers.get("x-limit"), attempts], [[], 200, "5", 1]);
  assert.match(requestId, /^[0-9a-f-]{36}$/);
  const { ajo: failing } = scriptedClient([failed({ code: "1451" })]);
  const call = failing.capping.list();
  assert.equal((await rejection(call.withResponse())).code, "1451");
  assert.equal((await rejection(call)).code, "1451");
});

test("operations do not need this", async () => {
  const { list } = recordingClient(() => Response.json({ results: [] })).ajo.capping;
  assert.deepEqual(await list(), []);
});

test("every row of the table is a method", () => {
  const { ajo } = scriptedClient([]);
  const names = (api: string) => OPERATIONS.filter((row) => row.api === api).map(({ name }) => name);
  assert.deepEqual(Object.keys(ajo.capping), [...names("capping"), "redeploy", "setRating"]);
  assert.deepEqual(Object.keys(ajo.throttling), [...names("throttling"), "setThroughput"]);
});

test("the prototype has methods to mock", async () => {
  const { capping, throttling, auth, request } = AjoClient.prototype;
  // `jest.mock` and `vi.mock` replace no getters.
  const inherited = Object.getPrototypeOf(AjoClient.prototype);
  for (const name of ["capping", "throttling", "auth"]) assert.ok(Object.getOwnPropertyDescriptor(inherited, name)?.value);
  for (const method of [capping.list, capping.redeploy, capping.setRating, throttling.setThroughput, auth.fetch, auth.token, request]) assert.equal(typeof method, "function");
  assert.throws(() => capping.list(), /belongs to a client/);
  const { ajo } = recordingClient(() => Response.json({ results: [] }));
  assert.notEqual(ajo.capping, capping);
  assert.deepEqual(await ajo.capping.list(), []);
});

test("a token is read once for each generation", async () => {
  const module = useModule(({ input }) => send({ extra: input === 0 ? generation : -1 }), done);
  let generation = 1;
  const sent: string[] = [];
  const fetch = asFetch((_, { headers }) => (sent.push(headers.authorization), Response.json({ results: [] })));
  const ajo = new AjoClient({ clientId: "id", orgId: "org", sandbox: "prod", accessToken: TOKEN, fetch });
  await ajo.capping.list();
  await ajo.capping.list();
  [generation, module.token] = [2, "another-token"];
  await ajo.capping.list();
  assert.deepEqual([sent, module.tokensRead], [[`Bearer ${TOKEN}`, `Bearer ${TOKEN}`, "Bearer another-token"], 2]);
});

test("the module gets the options of the token", () => {
  const { module } = scriptedClient([], {
    orgId: "o",
    scopes: ["a", "b"],
    sandbox: "prod",
    baseUrl: "http://127.0.0.1:1",
    fetch: async () => new Response(""),
    tokenStore: new Map() as any,
    onEvent: () => {},
    headers: new Map([["a", "b"]]),
    timeoutMs: 5,
    maxAttempts: 2,
    imsUrl: undefined,
  });
  assert.deepEqual(module.opened[0], {
    clientId: "id",
    clientSecrets: [SECRET],
    orgId: "o",
    scopes: ["a", "b"],
    sandbox: "prod",
    baseUrl: "http://127.0.0.1:1",
    tokenStore: true,
    storeLocks: false,
  });
  const identity = { clientId: "id", orgId: "org", sandbox: "prod" };
  const tokenModule = useModule();
  new AjoClient({ ...identity, accessToken: () => TOKEN, tokenStore: { get: () => null, set: () => {}, lock: () => undefined } });
  new AjoClient({ ...identity, accessToken: TOKEN });
  assert.deepEqual(tokenModule.opened.map((it) => [it["accessToken"], it["storeLocks"]]), [[true, true], [TOKEN, false]]);
});

test("errors name invalid options and quote no value", () => {
  const valid = { clientSecret: SECRET, clientId: "id", orgId: "org", scopes: "a", sandbox: "prod" };
  const cases: [any, RegExp][] = [
    [undefined, /`options` must be an object, not undefined/],
    ["text", /`options` must be an object, not a value of type string/],
    [{ clientID: "x" }, /unknown option `clientID`; did you mean `clientId`\?/],
    [{ client_secret: SECRET }, /unknown option `client_secret`; did you mean `clientSecret`\?/],
    [{ fetchOptions: { signal: undefined } }, /`fetchOptions` must be an object without method, headers, body, redirect, signal/],
    [{ ...valid, headers: { Authorization: SECRET } }, /^new AjoClient: header `authorization`: reserved for the client$/],
    [{ retries: 3 }, /unknown option `retries`; expected one of clientId, .*onEvent/],
    [{ clientId: null }, /`clientId` must be a string, not null/],
    [{ clientSecret: [SECRET] }, /`clientSecret` must be a string, not an array/],
    [{ clientSecrets: SECRET }, /`clientSecrets` must be an array of strings/],
    [{ timeoutMs: "5" }, /`timeoutMs` must be a positive number of milliseconds, not a value of type string/],
    [{ timeoutMs: Number.NaN }, /`timeoutMs`/],
    [{ timeoutMs: 0 }, /`timeoutMs`/],
    [{ maxAttempts: 1.5 }, /`maxAttempts` must be an integer/],
    [{ fetch: {} }, /`fetch` must be a function/],
    [{ tokenStore: { get() {} } }, /`tokenStore` must be an object with the functions get and set/],
    [{ ...valid, headers: { a: 1 } }, /the names and values of `headers` must be strings/],
    [{ ...valid, headers: [["a"]] }, /the names and values of `headers` must be strings/],
    [{ accessToken: TOKEN, clientSecret: SECRET }, /pass `clientSecret` or `accessToken`, not both/],
    [{ credentials: {}, accessToken: TOKEN }, /pass `accessToken` or `credentials`, not both/],
    [{ clientSecret: SECRET, clientSecrets: [SECRET] }, /not both/],
    [{ credentials: {}, clientId: "id" }, /pass `credentials` or `clientId`, not both/],
    [{ credentials: {}, orgId: "org" }, /pass `credentials` or `orgId`, not both/],
    [{ credentials: {}, scopes: "a" }, /pass `credentials` or `scopes`, not both/],
    [{ accessToken: TOKEN, scopes: ["a"] }, /pass `accessToken` or `scopes`, not both/],
    [{ accessToken: () => TOKEN, credentialName: "a" }, /pass `accessToken` or `credentialName`, not both/],
    [{ clientSecret: SECRET, credentialName: "a" }, /pass `clientSecret` or `credentialName`, not both/],
    [{}, /pass one of clientSecret, clientSecrets, accessToken, credentials/],
    [{ clientId: "id", orgId: "org", scopes: "a", sandbox: "prod" }, /pass one of clientSecret, clientSecrets, accessToken, credentials/],
    [{ clientSecret: SECRET }, /`clientId` is missing/],
    [{ clientSecret: SECRET, clientId: "id" }, /`orgId` is missing/],
    [{ clientSecrets: [SECRET], clientId: "id", orgId: "org" }, /`scopes` is missing/],
    [{ clientSecrets: [SECRET], clientId: "id", orgId: "org", scopes: undefined }, /`scopes` is missing/],
    [{ clientSecret: SECRET, clientId: "id", orgId: "org", scopes: "a" }, /`sandbox` is missing/],
    [{ accessToken: TOKEN, orgId: "org" }, /`clientId` is missing/],
    [{ accessToken: () => TOKEN, clientId: "id", orgId: "org" }, /`sandbox` is missing/],
    [{ credentials: {} }, /`sandbox` is missing/],
    [{ credentials: 5 }, /`credentials` must be an object or a JSON string/],
    [{ credentials: { big: 1n }, sandbox: "prod" }, /cannot be read or converted to JSON/],
  ];
  for (const [options, message] of cases) {
    const error = constructorError(options);
    assert.ok(error instanceof AjoValidationError);
    assert.equal(error.code, "CONFIG");
    assert.match(error.message, message);
    assert.doesNotMatch(inspect(error, { depth: 9 }), new RegExp(`${SECRET}|${TOKEN}`));
  }
});

test("the constructor throws the module's error", () => {
  const module = useModule();
  module.open = () => JSON.stringify({ failed: { kind: "config", code: "CONFIG", message: "no sandbox", hint: "Set one.", attempts: 0 } });
  let error: any;
  try {
    new AjoClient({ credentials: {}, sandbox: "prod" });
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof AjoValidationError);
  assert.deepEqual([error.code, error.message, error.hint], ["CONFIG", "no sandbox", "Set one."]);
});

test("invalid arguments reject before anything is sent", async () => {
  const { ajo, module } = scriptedClient([done]) as any;
  const cycle: any = {};
  cycle.cycle = cycle;
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => ajo.capping.get(), /capping\.get: `uid` must be a string, not undefined/],
    [() => ajo.capping.get(5), /`uid` must be a string/],
    [() => ajo.capping.create(), /capping\.create: `config` must be an object, not undefined/],
    [() => ajo.capping.create("{}"), /`config` must be an object/],
    [() => ajo.capping.create([]), /, not an array/],
    [() => ajo.capping.create(cycle), /cannot be read or converted to JSON/],
    [() => ajo.capping.list(null as never), /must be an object, not null/],
    [() => ajo.capping.update({}, "u"), /`uid` must be a string/],
    [() => ajo.capping.get("u", 0), /`options` must be an object/],
    [() => ajo.capping.get("u", { force: true }), /unknown option `force`/],
    [() => ajo.capping.list({ timeout: 5 }), /unknown option `timeout`; expected one of signal, timeoutMs/],
    [() => ajo.capping.list({ signal: new AbortController() }), /`signal` must be an AbortSignal/],
    [() => ajo.capping.delete("u", { force: "yes" }), /`force` must be a boolean/],
    [() => ajo.capping.list({ headers: { a: undefined } }), /must be strings/],
    [() => ajo.capping.list({ signal: { addEventListener: () => assert.fail("no"), removeEventListener() {} } }), /cannot be read/],
  ];
  for (const [call, message] of cases) {
    const error = await rejection(call());
    assert.ok(error instanceof AjoValidationError, String(error));
    assert.equal(error.code, "BUILD_REQUEST");
    assert.match(error.operation ?? "", /^capping\./);
    assert.match(error.message, message);
  }
  assert.deepEqual(module.begun, []);
});

test("the module rejects uids, definitions and headers", async () => {
  const { ajo, module } = scriptedClient([done]) as any;
  const cases: [() => Promise<unknown>, string, string][] = [
    [() => ajo.capping.get("../admin"), "INVALID", "capping.get failed: `../admin` is not a valid configuration uid"],
    [() => ajo.capping.get(""), "INVALID", "capping.get failed: `` is not a valid configuration uid"],
    [() => ajo.throttling.create({ unencodable: 1 }), "BUILD_REQUEST", "throttling.create failed: unknown field"],
    [() => ajo.capping.list({ headers: { authorization: "x" } }), "INVALID", "capping.list failed: header `authorization`: reserved for the client"],
  ];
  for (const [call, code, message] of cases) {
    const error = await rejection(call());
    assert.ok(error instanceof AjoValidationError, String(error));
    assert.deepEqual([error.code, error.message, error.attempts], [code, message, 0]);
  }
  assert.deepEqual(module.begun, []);
});

test("lone surrogates in arguments are replaced", async () => {
  const { ajo, module } = scriptedClient([send(), done], { sandbox: "p\ud800", fetch: asFetch(() => Response.json({ uid: "u" })) }) as any;
  await ajo.capping.update("u", { url: "\\ud800\udbff😀" });
  assert.equal(module.opened[0].sandbox, "p\ufffd");
  assert.deepEqual(module.definitions, [{ url: "\\ud800\ufffd😀" }]);
  assert.equal(validateCapping("\ud800")[0]?.message, 'capping "\ufffd"');
});

test("a garbage-collected client is closed", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const collect = async (): Promise<void> => {
    for (let times = 0; times < 5; times += 1) {
      gc();
      await sleep();
    }
  };
  // The clients of earlier tests.
  await collect();
  const module = useModule(done);
  const options = { accessToken: TOKEN, clientId: "id", orgId: "org", sandbox: "prod" };
  const functions: { list?: () => Promise<unknown> } = {};
  (() => {
    functions.list = new AjoClient(options).capping.list;
    new AjoClient(options);
  })();
  await collect();
  assert.deepEqual(module.closed, [2]);
  await functions.list?.();
  assert.equal(module.opened.length, 2);
  delete functions.list;
  await collect();
  assert.deepEqual(module.closed, [2, 1]);
});

test("a printed client shows no secret", () => {
  const { ajo } = scriptedClient([], { fetch: async () => new Response("") });
  const shown = inspect(ajo, { depth: 9, showHidden: true }) + JSON.stringify(ajo) + String(ajo);
  assert.doesNotMatch(shown, new RegExp(SECRET));
  assert.match(inspect(ajo), /^AjoClient \{/);
});

test("the offline rules return diagnostics", () => {
  useModule();
  assert.deepEqual(validateCapping({ a: 1 }), [{ code: "CODE", message: 'capping {"a":1}', pointer: "", severity: "error" }]);
  assert.equal(validateThrottling(undefined)[0]?.message, "throttling null");
  assert.throws(() => validateCapping({ trap: true }), { name: "AjoInternalError" });
  assert.equal(validateCapping(5).length, 1);
});

test("the definition of a configuration is an object", () => {
  useModule();
  assert.deepEqual(definitionOf({ uid: "u-1" }), { api: "capping", config: '{"uid":"u-1"}' });
  assert.deepEqual(definitionOf({ uid: "u-1", urlPattern: "" }), { api: "throttling", config: '{"uid":"u-1","urlPattern":""}' });
  assert.equal((definitionOf({ uid: "u-1", maxThroughput: 5 } as any) as any).api, "throttling");
  const none: any[] = [undefined, null, 5, "text", []];
  for (const config of none) {
    assert.throws(() => definitionOf(config), { name: "AjoValidationError", message: /must be an object/ });
  }
});

test("errors quote invalid numbers and unknown names", () => {
  const identity = { clientId: "id", orgId: "org", sandbox: "prod", accessToken: "t" };
  const cases: [any, RegExp][] = [
    [{ ...identity, timeoutMs: -1 }, /`timeoutMs` must be a positive number of milliseconds, not -1$/],
    [{ ...identity, maxAttempts: 2 ** 32 }, /`maxAttempts` must be an integer from 1 to 4294967295, not 4294967296$/],
    [{ ...identity, accessToken: undefined, clientSecret: undefined }, /pass one of clientSecret, /],
    [{ ...identity, sandbox: undefined }, /`sandbox` is missing or undefined$/],
    [{ ...identity, ["zz\n\u2028\ud800".padEnd(90, "x")]: 1 }, /^new AjoClient: unknown option `zz\\u\{a\}\\u\{2028\}\\u\{d800\}x{17}…`; expected one of clientId/],
  ];
  for (const [options, message] of cases) assert.throws(() => new AjoClient(options), { name: "AjoValidationError", code: "CONFIG", message });
});
