import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AjoClient } from "../src/client.js";
import { AjoValidationError } from "../src/errors.js";
import { definitionOf } from "../src/definition-of.js";
import { validateCapping, validateThrottling } from "../src/validate.js";
import { scriptedClient, rejection, SECRET, sendStep, sleep, TOKEN, useCore } from "./support.js";

const constructorError = (options: any): any => {
  useCore();
  try {
    new AjoClient(options);
  } catch (error) {
    return error;
  }
  throw new Error("the constructor did not throw");
};

test("every operation passes its name and arguments", async () => {
  const { ajo, core } = scriptedClient([{ done: null }]);
  for (const api of [ajo.capping, ajo.throttling] as any[]) {
    await api.list();
    await api.get("u");
    await api.create({ a: 1 });
    await api.update("u", { a: 1 });
    await api.delete("u", { force: true });
    await api.canDeploy("u");
    await api.deploy("u");
    await api.undeploy("u", { timeoutMs: 5, maxAttempts: 1, headers: { a: "b" } });
  }
  const verbs = ["list", "get", "create", "update", "delete", "canDeploy", "deploy", "undeploy"];
  assert.deepEqual(core.operations, ["capping", "throttling"].flatMap((api) => verbs.map((verb) => `${api}.${verb}`)));
  const inputs = [{}, { uid: "u" }, { config: { a: 1 } }, { uid: "u", config: { a: 1 } }, { uid: "u", force: true }, { uid: "u" }, { uid: "u" }];
  const last = { uid: "u", timeoutMs: 5, maxAttempts: 1, headers: [["a", "b"]] };
  assert.deepEqual(core.inputs, [...inputs, last, ...inputs, last]);
});

test("the core selects the value in the last body", async () => {
  const body = { results: [1], canDeploy: { validationStatus: "ok", errors: null } };
  const value = async (done: string | null): Promise<unknown> => {
    const fetch: any = async () => Response.json(body);
    return scriptedClient([sendStep(), { wait: 1 }, { done }], { fetch }).ajo.capping.list();
  };
  assert.deepEqual(await value("results"), [1]);
  assert.deepEqual(await value(""), body);
  assert.deepEqual(await value("canDeploy"), { validationStatus: "ok", errors: [], warnings: [] });
  assert.equal(await value(null), undefined);
});

test("operations do not need this", async () => {
  const { list } = scriptedClient([{ done: null }]).ajo.capping;
  assert.equal(await list(), undefined);
});

test("the core gets all options except functions", () => {
  const { core } = scriptedClient([], {
    orgId: "o",
    scopes: ["a", "b"],
    sandbox: "prod",
    baseUrl: "http://127.0.0.1:1",
    fetch: async () => new Response(""),
    tokenStore: new Map() as any,
    onEvent: () => {},
    headers: new Map([["a", "b"]]),
    imsUrl: undefined,
  });
  assert.deepEqual(core.opened[0], {
    clientId: "id",
    clientSecrets: [SECRET],
    orgId: "o",
    scopes: ["a", "b"],
    sandbox: "prod",
    baseUrl: "http://127.0.0.1:1",
    tokenStore: true,
    headers: [["a", "b"]],
  });
  const identity = { clientId: "id", orgId: "org", sandbox: "prod" };
  const tokenCore = useCore();
  new AjoClient({ ...identity, accessToken: () => TOKEN });
  new AjoClient({ ...identity, accessToken: TOKEN });
  assert.deepEqual(tokenCore.opened.map((it) => it["accessToken"]), [true, TOKEN]);
});

test("headers of one name are joined", async () => {
  const twice: [string, string][] = [["X-A", "1"], ["x-b", "2"], ["x-a", "3"], ["__proto__", "4"], ["constructor", "5"]];
  const { ajo, core } = scriptedClient([{ done: null }], { headers: twice });
  await ajo.capping.list({ headers: new Map(twice) });
  const joined = [["x-a", "1, 3"], ["x-b", "2"], ["__proto__", "4"], ["constructor", "5"]];
  assert.deepEqual([core.opened[0]?.["headers"], core.inputs[0]?.["headers"]], [joined, joined]);
});

test("errors name invalid options and quote no value", () => {
  const valid = { clientSecret: SECRET, clientId: "id", orgId: "org", scopes: "a", sandbox: "prod" };
  const cases: [any, RegExp][] = [
    [undefined, /`options` must be an object, not undefined/],
    ["text", /`options` must be an object, not a value of type string/],
    [{ clientID: "x" }, /unknown option `clientID`; did you mean `clientId`\?/],
    [{ client_secret: SECRET }, /unknown option `client_secret`; did you mean `clientSecret`\?/],
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

test("the constructor throws the core's error", () => {
  const core = useCore();
  core.open = () => JSON.stringify({ failed: { kind: "config", code: "CONFIG", message: "no sandbox", hint: "Set one.", attempts: 0 } });
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
  const { ajo, core } = scriptedClient([{ done: null }]) as any;
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
  ];
  for (const [call, message] of cases) {
    const error = await rejection(call());
    assert.ok(error instanceof AjoValidationError, String(error));
    assert.equal(error.code, "BUILD_REQUEST");
    assert.match(error.operation ?? "", /^capping\./);
    assert.match(error.message, message);
  }
  assert.deepEqual(core.operations, []);
});

test("lone surrogates in arguments are replaced", async () => {
  const { ajo, core } = scriptedClient([{ done: null }], { sandbox: "p\ud800", headers: { "x-a": "\udfff" } }) as any;
  await ajo.capping.update("u\ud83d", { url: "\\ud800\udbff😀" });
  assert.equal(core.opened[0].sandbox, "p\ufffd");
  assert.deepEqual(core.inputs, [{ uid: "u\ufffd", config: { url: "\\ud800\ufffd😀" } }]);
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
  const core = useCore({ done: null });
  const options = { accessToken: TOKEN, clientId: "id", orgId: "org", sandbox: "prod" };
  const functions: { list?: () => Promise<unknown> } = {};
  (() => {
    functions.list = new AjoClient(options).capping.list;
    new AjoClient(options);
  })();
  await collect();
  assert.deepEqual(core.closed, [2]);
  await functions.list?.();
  assert.equal(core.opened.length, 2);
  delete functions.list;
  await collect();
  assert.deepEqual(core.closed, [2, 1]);
});

test("a printed client shows no secret", () => {
  const { ajo } = scriptedClient([], { fetch: async () => new Response("") });
  const shown = inspect(ajo, { depth: 9, showHidden: true }) + JSON.stringify(ajo) + String(ajo);
  assert.doesNotMatch(shown, new RegExp(SECRET));
  assert.match(inspect(ajo), /^AjoClient \{/);
});

test("the offline rules return diagnostics", () => {
  useCore();
  assert.deepEqual(validateCapping({ a: 1 }), [{ code: "CODE", message: 'capping {"a":1}', pointer: "", severity: "error" }]);
  assert.equal(validateThrottling(undefined)[0]?.message, "throttling null");
  assert.throws(() => validateCapping({ panic: true }), { name: "AjoInternalError" });
  assert.equal(validateCapping(5).length, 1);
});

test("the definition of a configuration is an object", () => {
  useCore();
  assert.deepEqual(definitionOf({ uid: "u-1" }), { config: '{"uid":"u-1"}' });
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
