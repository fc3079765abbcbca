import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AjoClient } from "../src/client.js";
import { AjoValidationError } from "../src/errors.js";
import { validateCapping, validateThrottling } from "../src/validate.js";
import { clientOn, failure, SECRET, sending, soon, TOKEN, useCore } from "./support.js";

const settings = (options: any): any => {
  useCore();
  try {
    new AjoClient(options);
  } catch (error) {
    return error;
  }
  throw new Error("it should have been refused");
};

test("every operation goes by its name, with what it takes", async () => {
  const { ajo, core } = clientOn([{ done: null }]);
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

test("the value of a call is what the core names of the last body", async () => {
  const body = { results: [1], canDeploy: { validationStatus: "ok", errors: null } };
  const value = async (done: string | null): Promise<unknown> => {
    const fetch: any = async () => Response.json(body);
    return clientOn([sending(), { wait: 1 }, { done }], { fetch }).ajo.capping.list();
  };
  assert.deepEqual(await value("results"), [1]);
  assert.deepEqual(await value(""), body);
  assert.deepEqual(await value("canDeploy"), { validationStatus: "ok", errors: [], warnings: [] });
  assert.equal(await value(null), undefined);
});

test("operations work without their object", async () => {
  const { list } = clientOn([{ done: null }]).ajo.capping;
  assert.equal(await list(), undefined);
});

test("options reach the core, and functions do not", () => {
  const { core } = clientOn([], {
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
  const who = { clientId: "id", orgId: "org", sandbox: "prod" };
  const own = useCore();
  new AjoClient({ ...who, accessToken: () => TOKEN });
  new AjoClient({ ...who, accessToken: TOKEN });
  assert.deepEqual(own.opened.map((it) => it["accessToken"]), [true, TOKEN]);
});

test("headers of one name are joined as fetch joins them", async () => {
  const twice: [string, string][] = [["X-A", "1"], ["x-b", "2"], ["x-a", "3"], ["__proto__", "4"], ["constructor", "5"]];
  const { ajo, core } = clientOn([{ done: null }], { headers: twice });
  await ajo.capping.list({ headers: new Map(twice) });
  const joined = [["x-a", "1, 3"], ["x-b", "2"], ["__proto__", "4"], ["constructor", "5"]];
  assert.deepEqual([core.opened[0]?.["headers"], core.inputs[0]?.["headers"]], [joined, joined]);
});

test("options that cannot be meant are refused by name, and no value is repeated", () => {
  const whole = { clientSecret: SECRET, clientId: "id", orgId: "org", scopes: "a", sandbox: "prod" };
  const cases: [any, RegExp][] = [
    [undefined, /the options must be an object, and not undefined/],
    ["text", /the options must be an object, and not a value of type string/],
    [{ clientID: "x" }, /there is no option `clientID`; it is `clientId`/],
    [{ client_secret: SECRET }, /there is no option `client_secret`; it is `clientSecret`/],
    [{ retries: 3 }, /there is no option `retries`; there are clientId, .*onEvent/],
    [{ clientId: null }, /`clientId` must be a string, and not null/],
    [{ clientSecret: [SECRET] }, /`clientSecret` must be a string, and not an array/],
    [{ clientSecrets: SECRET }, /`clientSecrets` must be an array of strings/],
    [{ timeoutMs: "5" }, /`timeoutMs` must be a positive number of milliseconds, and not a value of type string/],
    [{ timeoutMs: Number.NaN }, /`timeoutMs`/],
    [{ timeoutMs: 0 }, /`timeoutMs`/],
    [{ maxAttempts: 1.5 }, /`maxAttempts` must be a whole number/],
    [{ fetch: {} }, /`fetch` must be a function/],
    [{ tokenStore: { get() {} } }, /`tokenStore` must be an object with the functions get and set/],
    [{ ...whole, headers: { a: 1 } }, /the names and values of `headers` must be strings/],
    [{ ...whole, headers: [["a"]] }, /the names and values of `headers` must be strings/],
    [{ accessToken: TOKEN, clientSecret: SECRET }, /give `clientSecret` or `accessToken`, not both/],
    [{ credentials: {}, accessToken: TOKEN }, /give `accessToken` or `credentials`, not both/],
    [{ clientSecret: SECRET, clientSecrets: [SECRET] }, /not both/],
    [{ credentials: {}, clientId: "id" }, /give `credentials` or `clientId`, not both/],
    [{ credentials: {}, orgId: "org" }, /give `credentials` or `orgId`, not both/],
    [{ credentials: {}, scopes: "a" }, /give `credentials` or `scopes`, not both/],
    [{ accessToken: TOKEN, scopes: ["a"] }, /give `accessToken` or `scopes`, not both/],
    [{ accessToken: () => TOKEN, credentialName: "a" }, /give `accessToken` or `credentialName`, not both/],
    [{ clientSecret: SECRET, credentialName: "a" }, /give `clientSecret` or `credentialName`, not both/],
    [{}, /give one of clientSecret, clientSecrets, accessToken, credentials/],
    [{ clientId: "id", orgId: "org", scopes: "a", sandbox: "prod" }, /give one of clientSecret, clientSecrets, accessToken, credentials/],
    [{ clientSecret: SECRET }, /`clientId` is missing/],
    [{ clientSecret: SECRET, clientId: "id" }, /`orgId` is missing/],
    [{ clientSecrets: [SECRET], clientId: "id", orgId: "org" }, /`scopes` is missing/],
    [{ clientSecrets: [SECRET], clientId: "id", orgId: "org", scopes: undefined }, /`scopes` is missing/],
    [{ clientSecret: SECRET, clientId: "id", orgId: "org", scopes: "a" }, /`sandbox` is missing/],
    [{ accessToken: TOKEN, orgId: "org" }, /`clientId` is missing/],
    [{ accessToken: () => TOKEN, clientId: "id", orgId: "org" }, /`sandbox` is missing/],
    [{ credentials: {} }, /`sandbox` is missing/],
    [{ credentials: 5 }, /`credentials` must be the parsed JSON of a credential, or its text/],
    [{ credentials: { big: 1n }, sandbox: "prod" }, /cannot be written as JSON/],
  ];
  for (const [options, message] of cases) {
    const error = settings(options);
    assert.ok(error instanceof AjoValidationError);
    assert.equal(error.code, "SETTINGS");
    assert.match(error.message, message);
    assert.doesNotMatch(inspect(error, { depth: 9 }), new RegExp(`${SECRET}|${TOKEN}`));
  }
});

test("what the core has against the options is thrown", () => {
  const core = useCore();
  core.open = () => JSON.stringify({ failed: { kind: "settings", code: "SETTINGS", message: "no sandbox", hint: "Give one.", attempts: 0 } });
  let error: any;
  try {
    new AjoClient({ credentials: {}, sandbox: "prod" });
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof AjoValidationError);
  assert.deepEqual([error.code, error.message, error.hint], ["SETTINGS", "no sandbox", "Give one."]);
});

test("calls that cannot be meant are refused, by a rejection and before anything is sent", async () => {
  const { ajo, core } = clientOn([{ done: null }]) as any;
  const ring: any = {};
  ring.ring = ring;
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => ajo.capping.get(), /capping\.get: the uid must be a string, and not undefined/],
    [() => ajo.capping.get(5), /the uid must be a string/],
    [() => ajo.capping.create(), /capping\.create: the configuration must be an object, and not undefined/],
    [() => ajo.capping.create("{}"), /the configuration must be an object/],
    [() => ajo.capping.create([]), /and not an array/],
    [() => ajo.capping.create(ring), /cannot be written as JSON/],
    [() => ajo.capping.list(null as never), /must be an object, and not null/],
    [() => ajo.capping.update({}, "u"), /the uid must be a string/],
    [() => ajo.capping.get("u", 0), /the options must be an object/],
    [() => ajo.capping.get("u", { force: true }), /there is no option `force`/],
    [() => ajo.capping.list({ timeout: 5 }), /there is no option `timeout`; there are signal, timeoutMs/],
    [() => ajo.capping.list({ signal: new AbortController() }), /`signal` must be an AbortSignal/],
    [() => ajo.capping.delete("u", { force: "yes" }), /`force` must be true or false/],
    [() => ajo.capping.list({ headers: { a: undefined } }), /must be strings/],
  ];
  for (const [call, message] of cases) {
    const error = await failure(call());
    assert.ok(error instanceof AjoValidationError, String(error));
    assert.equal(error.code, "REQUEST");
    assert.match(error.operation ?? "", /^capping\./);
    assert.match(error.message, message);
  }
  assert.deepEqual(core.operations, []);
});

test("halves of surrogate pairs in arguments are replaced, as a header or a URL would", async () => {
  const { ajo, core } = clientOn([{ done: null }], { sandbox: "p\ud800", headers: { "x-a": "\udfff" } }) as any;
  await ajo.capping.update("u\ud83d", { url: "\\ud800\udbff😀" });
  assert.equal(core.opened[0].sandbox, "p\ufffd");
  assert.deepEqual(core.inputs, [{ uid: "u\ufffd", config: { url: "\\ud800\ufffd😀" } }]);
  assert.equal(validateCapping("\ud800")[0]?.message, 'capping "\ufffd"');
});

test("a client that nobody has any more is closed, and not while one of its functions is held", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const collect = async (): Promise<void> => {
    for (let times = 0; times < 5; times += 1) {
      gc();
      await soon();
    }
  };
  // Those of the tests before.
  await collect();
  const core = useCore({ done: null });
  const options = { accessToken: TOKEN, clientId: "id", orgId: "org", sandbox: "prod" };
  const held: { list?: () => Promise<unknown> } = {};
  (() => {
    held.list = new AjoClient(options).capping.list;
    new AjoClient(options);
  })();
  await collect();
  assert.deepEqual(core.closed, [2]);
  await held.list?.();
  assert.equal(core.opened.length, 2);
  delete held.list;
  await collect();
  assert.deepEqual(core.closed, [2, 1]);
});

test("a client shows no secret", () => {
  const { ajo } = clientOn([], { fetch: async () => new Response("") });
  const shown = inspect(ajo, { depth: 9, showHidden: true }) + JSON.stringify(ajo) + String(ajo);
  assert.doesNotMatch(shown, new RegExp(SECRET));
  assert.match(inspect(ajo), /^AjoClient \{/);
});

test("the offline rules answer at once", () => {
  useCore();
  assert.deepEqual(validateCapping({ a: 1 }), [{ code: "CODE", message: 'capping {"a":1}', pointer: "", severity: "error" }]);
  assert.equal(validateThrottling(undefined)[0]?.message, "throttling null");
  assert.throws(() => validateCapping({ panic: true }), { name: "AjoInternalError" });
  assert.equal(validateCapping(5).length, 1);
});

test("a number that cannot be is named, and so is what an option is not", () => {
  const who = { clientId: "id", orgId: "org", sandbox: "prod", accessToken: "t" };
  const cases: [any, RegExp][] = [
    [{ ...who, timeoutMs: -1 }, /`timeoutMs` must be a positive number of milliseconds, and not -1$/],
    [{ ...who, maxAttempts: 2 ** 32 }, /`maxAttempts` must be a whole number, 1 to 4294967295, and not 4294967296$/],
    [{ ...who, accessToken: undefined, clientSecret: undefined }, /give one of clientSecret, /],
    [{ ...who, sandbox: undefined }, /`sandbox` is missing or undefined$/],
    [{ ...who, ["zz\n\u2028\ud800".padEnd(90, "x")]: 1 }, /^new AjoClient: there is no option `zz\\u\{a\}\\u\{2028\}\\u\{d800\}x{17}…`; there are clientId/],
  ];
  for (const [options, message] of cases) assert.throws(() => new AjoClient(options), { name: "AjoValidationError", code: "SETTINGS", message });
});
