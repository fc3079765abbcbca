import assert from "node:assert/strict";
import { inspect } from "node:util";
import vm from "node:vm";
import { test } from "node:test";
import { Secrets } from "../src/secrets.js";
import type { AjoOptions } from "../src/options.js";
import { asFetch, failed, failedWithDetail, type Line, listResponse, never, readStore, rejection, requestToken, scriptedClient, SECRET, send, TOKEN, writeStore } from "./support.js";

const secretsWith = (...texts: string[]): Secrets => {
  const secrets = new Secrets();
  for (const text of texts) secrets.add(text);
  return secrets;
};

/** All text that printing an error or reading its properties can show. */
function printAll(value: any): string {
  const texts = [inspect(value, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null }), String(value)];
  for (let at = value; at !== undefined && at !== null; at = at.cause) {
    texts.push(String(at.message), String(at.stack), JSON.stringify(at) ?? "");
    if (typeof at === "object") texts.push(...Reflect.ownKeys(at).map((key) => `${String(key)} ${String(at[key])}`));
  }
  return texts.join("\n");
}

class Quiet extends Error {
  #token = TOKEN;
  override toString(): string {
    return this.#token;
  }
}
class Loud extends Error {
  #token = TOKEN;
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#token;
  }
}
class Request2 {
  #token = TOKEN;
  toJSON(): string {
    return this.#token;
  }
}
class Tagged extends Map<string, string> {
  override get [Symbol.toStringTag](): string {
    return "MyObject";
  }
}
class Counted extends Error {
  static last = { TOKEN };
}
class Getter extends Error {
  #token = TOKEN;
  get request(): object {
    return { headers: [this.#token] };
  }
}

/** Errors that contain the token, in all the places where a reader could find it. */
const LEAKS: Record<string, () => unknown> = {
  "a message": () => new Error(`no ${TOKEN}`),
  "a stack": () => Object.assign(new Error("no"), { stack: `at ${TOKEN}` }),
  "a name": () => Object.assign(new Error("no"), { name: TOKEN }),
  "a code": () => Object.assign(new Error("no"), { code: TOKEN }),
  "a string": () => `no ${TOKEN}`,
  "a symbol": () => Symbol(TOKEN),
  "a function": () => Object.assign(() => {}, { token: TOKEN }),
  "a property": () => Object.assign(new Error("no"), { request: { headers: { authorization: `Bearer ${TOKEN}` } } }),
  "the name of a property": () => Object.assign(new Error("no"), { request: { [TOKEN]: 1 } }),
  "a symbol property": () => Object.assign(new Error("no"), { [Symbol("request")]: TOKEN }),
  "the description of a symbol property": () => Object.assign(new Error("no"), { [Symbol(TOKEN)]: 1 }),
  "the description of a symbol value": () => Object.assign(new Error("no"), { request: Symbol(TOKEN) }),
  "a non-enumerable property": () => Object.defineProperty(new Error("no"), "request", { value: [TOKEN] }),
  "a getter": () => Object.defineProperty(new Error("no"), "request", { get: () => TOKEN }),
  "a getter of the class": () => new Getter("no"),
  "a property of a method": () => Object.assign(new Error("no"), { resend: Object.assign(() => {}, { token: TOKEN }) }),
  "the result of a function": () => Object.assign(new Error("no"), { config: { validate: () => TOKEN } }),
  "toString of the class": () => new Quiet("no"),
  "the inspect method of the class": () => new Loud("no"),
  "toJSON of a class": () => Object.assign(new Error("no"), { request: new Request2() }),
  "a Map": () => Object.assign(new Error("no"), { headers: new Map([["authorization", TOKEN]]) }),
  "a Set": () => Object.assign(new Error("no"), { headers: new Set([TOKEN]) }),
  Headers: () => Object.assign(new Error("no"), { headers: new Headers({ authorization: `Bearer ${TOKEN}` }) }),
  Request: () => Object.assign(new Error("no"), { request: new Request("http://h/", { headers: { authorization: TOKEN } }) }),
  URL: () => Object.assign(new Error("no"), { url: new URL(`http://h/${TOKEN}`) }),
  "a URL parameter": () => Object.assign(new Error("no"), { form: new URLSearchParams({ TOKEN }) }),
  bytes: () => Object.assign(new Error("no"), { raw: Buffer.from(TOKEN) }),
  "a promise": () => Object.assign(new Error("no"), { pending: Promise.resolve(TOKEN) }),
  "a getter that is empty the first time": () => {
    let reads = 0;
    return Object.defineProperty(new Error("no"), "request", { enumerable: true, get: () => (reads++ < 1 ? "" : TOKEN) });
  },
  "a bound getter": () => Object.defineProperty(new Error("no"), "request", { get: (() => TOKEN).bind(null) }),
  "a Map with another class name": () => Object.assign(new Error("no"), { headers: new Tagged([["authorization", TOKEN]]) }),
  "a Map with an own tag": () => Object.assign(new Error("no"), { headers: Object.defineProperty(new Map([[1, TOKEN]]), Symbol.toStringTag, { value: "Object" }) }),
  "a prototype without a prototype": () => Object.assign(new Error("no"), { request: Object.create(Object.assign(Object.create(null), { TOKEN })) }),
  "a static of the class": () => new Counted("no"),
  "a message behind a replaced prototype": () => Object.setPrototypeOf(new DOMException(`no ${TOKEN}`), DOMException.prototype),
  "a boxed string": () => Object.assign(new Error("no"), { raw: new String(TOKEN) }),
  "a prototype": () => Object.assign(new Error("no"), { config: Object.create({ token: TOKEN }) }),
  "the second of several errors": () => new AggregateError([new Error("a"), new Error(TOKEN)], "all failed"),
  "a deep property": () => new Error("no", { cause: { cause: [{ cause: { deep: [[{ token: TOKEN }]] } }] } }),
  "more values than are searched": () => Object.assign(new Error("no"), { values: Array.from({ length: 3000 }, (_, index) => index), last: TOKEN }),
  "the value after many equal ones": () => Object.assign(new Error("no"), { values: [...Array(1e5).fill({}), TOKEN] }),
  "a part of a URL": () => new Error(`no GET /set/${encodeURIComponent(TOKEN)}`),
  "an error of another realm": () => vm.runInNewContext(`Object.assign(new TypeError("no"), { request: new Map([["a", ${JSON.stringify(TOKEN)}]]) })`),
  "the cause of a cause": () => new Error("1", { cause: new Error("2", { cause: new Error("3", { cause: TOKEN }) }) }),
};

test("errors of fetch never show the token", async () => {
  for (const [name, make] of Object.entries(LEAKS)) {
    const error = await rejection(scriptedClient([send(), failedWithDetail], { fetch: () => Promise.reject(make()) as never }).ajo.capping.list());
    assert.ok(!printAll(error).includes(TOKEN), `${name}: ${printAll(error)}`);
    assert.ok(error.cause !== undefined, name);
  }
});

test("abort reasons never show the token", async () => {
  for (const [name, make] of Object.entries(LEAKS)) {
    const controller = new AbortController();
    const fetch: any = () => (controller.abort(make()), never());
    const error = await rejection(scriptedClient([send()], { fetch }).ajo.capping.list({ signal: controller.signal }));
    assert.equal(error.code, "ABORTED");
    assert.ok(!printAll(error).includes(TOKEN), `${name}: ${printAll(error)}`);
  }
});

test("an error without secrets is not copied", () => {
  const secrets = secretsWith(TOKEN);
  const errors = [
    new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED", errno: -111, address: "127.0.0.1" }) }),
    new AggregateError([new Error("a"), new RangeError("b")], "c"),
    new DOMException("The operation was aborted", "AbortError"),
    vm.runInNewContext('new TypeError("of another realm", { cause: { list: [1, "a", null, undefined, true, 1n] } })'),
    { code: 5, [Symbol("kind")]: Object.create(null) },
    "text",
    7,
    undefined,
    null,
  ];
  for (const error of errors) assert.equal(secrets.redact(error), error);
});

test("errors of the platform's fetch are not copied", async () => {
  for (const url of ["http://127.0.0.1:1", "invalid", "http://h:99999"]) {
    const error = await rejection(fetch(url));
    assert.equal(secretsWith(TOKEN).redact(error), error, inspect(error, { showHidden: true, depth: 9 }));
  }
});

test("a redacted copy has name, code, message and causes", () => {
  const raw = new TypeError("fetch failed", {
    cause: Object.assign(new Error(`connect with ${TOKEN}`, { cause: { code: "E1", headers: new Headers() } }), { name: "SocketError", code: "ECONNRESET" }),
  });
  const copy: any = secretsWith(TOKEN).redact(raw);
  assert.notEqual(copy, raw);
  for (const one of [copy, copy.cause, copy.cause.cause]) assert.equal(Object.prototype.toString.call(one), "[object Error]");
  assert.deepEqual([copy.name, copy.message, copy.cause.name, copy.cause.code, copy.cause.message], ["TypeError", "fetch failed", "SocketError", "ECONNRESET", "connect with …"]);
  assert.deepEqual([copy.cause.cause.code, copy.cause.cause.cause], ["E1", undefined]);
  assert.match(copy.stack, /^TypeError: fetch failed\n +at .*secrets\.test/);
});

test("unreadable errors are replaced", () => {
  const hostile = (): never => {
    throw new Error("no");
  };
  const proxy = new Proxy({}, { get: hostile, ownKeys: hostile, getPrototypeOf: hostile });
  const cycle: any = new Error("cycle");
  cycle.cause = cycle;
  const secrets = secretsWith(TOKEN);
  assert.equal(secrets.redact(cycle), cycle);
  for (const error of [proxy, Object.assign(new Error("m"), { proxy }), Object.defineProperty({}, "a", { get: hostile, enumerable: true }), Object.assign(() => {}, { toString: hostile })]) {
    assert.ok(secrets.redact(error) instanceof Error);
    assert.equal(typeof secrets.describe(error), "string");
  }
});

test("a secret is masked in plain text, URLs and JSON", () => {
  const secret = 'p8e "a\\b" ~!+/=';
  const secrets = secretsWith(secret);
  for (const text of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
    assert.equal(secrets.mask(`a ${text} b`), "a … b", text);
  }
  assert.equal(secretsWith("a-secret", "a-secret-and-more").mask("a a-secret-and-more b a-secret c"), "a … b … c");
  // Special characters of regular expressions and replacements.
  assert.equal(secretsWith("$&()[]*+").mask("a$&()[]*+b"), "a…b");
  assert.doesNotThrow(() => secretsWith("\ud800"));
});

test("a message is masked before it is shortened", () => {
  const line = secretsWith(TOKEN, "two  spaces").describe(new Error(`${"x".repeat(990)}${TOKEN}`));
  assert.equal(line, `${"x".repeat(990)}…`);
  assert.equal(secretsWith("two  spaces").describe("a two  spaces b"), "a … b");
});

test("short secrets are not masked", async () => {
  const secrets = secretsWith("t", "", "1234567", "12345678");
  secrets.addStored("short");
  secrets.addStored('{"accessToken":"a b"}');
  assert.equal(secrets.mask("test 1234567 12345678 short a b a+b a%20b"), "test 1234567 … short a b a+b a%20b");
  const identity = { clientId: "id", orgId: "org", sandbox: "prod" };
  for (const [options, text] of [[{ accessToken: "t" }, "cannot connect to the host"], [{ clientSecrets: ["e", "the"] }, "see the other error"], [{ credentials: { CLIENT_SECRET: "in,a" } }, "in a line"]] as const) {
    const own = "credentials" in options ? { clientId: undefined, orgId: undefined } : identity;
    assert.ok((await failWith(text, { clientSecret: undefined, scopes: undefined, ...own, ...("clientSecrets" in options && { scopes: "a" }), ...options } as any)).includes(text));
  }
});

test("the whole token of a header is masked", async () => {
  const fetch: any = () => Promise.reject(new Error("bad header a:b,c[d]{e}\"f"));
  const { ajo, module } = scriptedClient([send(), failed()], { fetch });
  module.token = "a:b,c[d]{e}\"f";
  await rejection(ajo.capping.list());
  assert.equal(module.reports[0]?.detail, "bad header …");
});

test("a secret is masked in form encoding and plain text", async () => {
  const body = "grant_type=client_credentials&client_secret=p8e-%7Ea%2Bb+c&scope=openid";
  for (const text of [body, "p8e-~a+b c"]) {
    const fetch: any = () => Promise.reject(new Error(text));
    const { ajo, module } = scriptedClient([requestToken, failed()], { fetch });
    module.tokenBody = body;
    await rejection(ajo.capping.list());
    assert.doesNotMatch(module.reports[0]?.detail ?? "", /p8e/);
  }
});

test("values of a token store are masked", async () => {
  const token = "t0k:n-of-the-store";
  const value = JSON.stringify({ version: 1, accessToken: token, issuedAtMillis: 1 });
  for (const text of [value, token, JSON.stringify(value), encodeURIComponent(value)]) {
    const tokenStore = { get: () => value, set: () => Promise.reject(new Error(`cannot store ${text}`, { cause: { args: ["set", text] } })) };
    for (const lines of [[writeStore, failedWithDetail], [readStore, send(), failedWithDetail]]) {
      const fetch: any = () => Promise.reject(new Error(text));
      const events: unknown[] = [];
      const { ajo, module } = scriptedClient(lines, { tokenStore, fetch, onEvent: (event) => events.push(event) });
      module.entry = value;
      const printed = printAll(await rejection(ajo.capping.list())) + JSON.stringify(events);
      assert.ok(!printed.includes(token), printed);
    }
  }
  // A value of another program.
  for (const other of ["null", "[]", "text", "{", '{"accessToken":5}', ""]) {
    const { ajo, module } = scriptedClient([readStore, failed()], { tokenStore: { get: () => other, set: never } });
    await rejection(ajo.capping.list());
    assert.equal(module.reports[0]?.stored, other);
  }
});

test("an error of a custom class is copied", () => {
  class Mine extends Error {
    override name = "Mine";
    code = "E_MINE";
  }
  const raw = new Mine("no");
  const copy: any = secretsWith(TOKEN).redact(raw);
  assert.notEqual(copy, raw);
  assert.deepEqual([copy.name, copy.code, copy.message], ["Mine", "E_MINE", "no"]);
});

/** The printed error and events of a call whose fetch rejects with this message. */
async function failWith(message: string, options: AjoOptions, before: unknown[] = []): Promise<string> {
  const events: unknown[] = before;
  const fetch: any = () => Promise.reject(Object.assign(new Error(message), { history: [message] }));
  const { ajo } = scriptedClient([send(), failedWithDetail], { fetch, onEvent: (event) => events.push(event), ...options });
  return printAll(await rejection(ajo.capping.list())) + JSON.stringify(events);
}

test("client options are masked in every call", async () => {
  const noIdentity = { clientId: undefined, orgId: undefined, scopes: undefined, clientSecret: undefined };
  const cases: Record<string, AjoOptions> = {
    clientSecret: { clientSecret: SECRET },
    clientSecrets: { clientSecret: undefined, clientSecrets: ["p8e-the-first-one", SECRET] },
    accessToken: { accessToken: SECRET },
    "flat credentials": { ...noIdentity, credentials: { CLIENT_ID: "id", CLIENT_SECRETS: ["p8e-the-first-one", SECRET] } },
    "nested credentials": { ...noIdentity, credentials: { project: { workspace: [{ oauth_server_to_server: { client_secrets: [SECRET] } }] } } },
    "Postman credentials": { ...noIdentity, credentials: { values: [{ key: "CLIENT_SECRET", value: SECRET, enabled: true }] } },
    "credentials as a string": { ...noIdentity, credentials: JSON.stringify({ a: { client_secret: SECRET } }) },
    "credentials with a list as a string": { ...noIdentity, credentials: { CLIENT_SECRET: `["p8e-the-first-one","${SECRET}"]` } },
  };
  for (const [name, options] of Object.entries(cases)) {
    const text = await failWith(`last request: client_secret=${SECRET}`, options);
    assert.ok(!text.includes(SECRET), `${name}: ${text}`);
  }
});

test("a form-encoded secret is masked", async () => {
  const clientSecret = "p8e ~x+/=é";
  const text = await failWith(`sent: ${new URLSearchParams({ client_secret: clientSecret })}`, { clientSecret });
  assert.match(text, /sent: client_secret=…/);
});

test("tokens of earlier calls are masked, up to a maximum", async () => {
  const tokens: string[] = [];
  const fetch = asFetch((_: string, { headers }: any) => {
    tokens.push(headers.authorization.slice(7));
    return tokens.length < 3 ? listResponse() : Promise.reject(new Error(tokens.join(" ")));
  });
  const lines: Line[] = [() => send({ extra: generation }), ({ problem, detail = "" }) => (problem === undefined ? { code: 8 } : failed({ message: detail }))];
  const { ajo, module } = scriptedClient(lines, { fetch });
  let generation = 0;
  const list = (): Promise<unknown> => ((module.token = `token-of-call-${++generation}`), ajo.capping.list());
  await list();
  await list();
  assert.equal((await rejection(list())).message, "… … …");

  const secrets = Secrets.fromOptions(JSON.stringify({ clientSecret: SECRET }));
  for (let number = 0; number < 200; number += 1) secrets.add(`token-${number}-`);
  assert.equal(secrets.mask(`token-199- token-5- ${SECRET}`), "… token-5- …");
});

test("the reason of an aborted signal is redacted", async () => {
  for (const [name, make] of Object.entries(LEAKS)) {
    const error = await rejection(scriptedClient([], { accessToken: TOKEN }).ajo.capping.list({ signal: AbortSignal.abort(make()) }));
    assert.deepEqual([error.code, error.attempts], ["ABORTED", 0]);
    assert.ok(!printAll(error).includes(TOKEN), `${name}: ${printAll(error)}`);
  }
});

test("a read error of a store is reported by name and code", async () => {
  for (const error of [Object.assign(new RangeError(`bad value ${TOKEN}`, { cause: new Error(TOKEN) }), { code: "E_KV", value: TOKEN }), TOKEN, { code: `${TOKEN} ${TOKEN}` }]) {
    const events: any[] = [];
    const options = { tokenStore: { get: () => Promise.reject(error), set: never }, onEvent: (event: unknown) => events.push(event) };
    const actual = await rejection(scriptedClient([readStore, failed()], options).ajo.capping.list());
    assert.ok(!printAll(actual).includes(TOKEN), printAll(actual));
    assert.match(events[0].problem, error instanceof RangeError ? /tokenStore: RangeError, E_KV$/ : /tokenStore: failed$/);
  }
});
