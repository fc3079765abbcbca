import assert from "node:assert/strict";
import { inspect } from "node:util";
import vm from "node:vm";
import { test } from "node:test";
import { Secrets } from "../src/secrets.js";
import type { AjoOptions } from "../src/options.js";
import { clientOn, failure, never, SECRET, sending, TOKEN } from "./support.js";

const knowing = (...texts: string[]): Secrets => {
  const secrets = new Secrets();
  for (const text of texts) secrets.add(text);
  return secrets;
};

/** Whatever can be read from a value without calling what it does not call by itself. */
function shown(value: any): string {
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

/** What errors carry the token in, so that one who looks finds it. */
const CARRIERS: Record<string, () => unknown> = {
  "a message": () => new Error(`no ${TOKEN}`),
  "a stack": () => Object.assign(new Error("no"), { stack: `at ${TOKEN}` }),
  "a name": () => Object.assign(new Error("no"), { name: TOKEN }),
  "a code": () => Object.assign(new Error("no"), { code: TOKEN }),
  "a text": () => `no ${TOKEN}`,
  "a symbol": () => Symbol(TOKEN),
  "a function": () => Object.assign(() => {}, { token: TOKEN }),
  "a property": () => Object.assign(new Error("no"), { request: { headers: { authorization: `Bearer ${TOKEN}` } } }),
  "the name of a property": () => Object.assign(new Error("no"), { request: { [TOKEN]: 1 } }),
  "a property by a symbol": () => Object.assign(new Error("no"), { [Symbol("request")]: TOKEN }),
  "the name of a symbol": () => Object.assign(new Error("no"), { [Symbol(TOKEN)]: 1 }),
  "the value of a symbol": () => Object.assign(new Error("no"), { request: Symbol(TOKEN) }),
  "a hidden property": () => Object.defineProperty(new Error("no"), "request", { value: [TOKEN] }),
  "a getter": () => Object.defineProperty(new Error("no"), "request", { get: () => TOKEN }),
  "a getter of the class": () => new Getter("no"),
  "a function of the error": () => Object.assign(new Error("no"), { resend: Object.assign(() => {}, { token: TOKEN }) }),
  "the property of a function": () => Object.assign(new Error("no"), { config: { validate: () => TOKEN } }),
  "toString of the class": () => new Quiet("no"),
  "the printing of the class": () => new Loud("no"),
  "toJSON of a class": () => Object.assign(new Error("no"), { request: new Request2() }),
  "a Map": () => Object.assign(new Error("no"), { headers: new Map([["authorization", TOKEN]]) }),
  "a Set": () => Object.assign(new Error("no"), { headers: new Set([TOKEN]) }),
  Headers: () => Object.assign(new Error("no"), { headers: new Headers({ authorization: `Bearer ${TOKEN}` }) }),
  Request: () => Object.assign(new Error("no"), { request: new Request("http://h/", { headers: { authorization: TOKEN } }) }),
  URL: () => Object.assign(new Error("no"), { url: new URL(`http://h/${TOKEN}`) }),
  "a parameter": () => Object.assign(new Error("no"), { form: new URLSearchParams({ TOKEN }) }),
  bytes: () => Object.assign(new Error("no"), { raw: Buffer.from(TOKEN) }),
  "a promise": () => Object.assign(new Error("no"), { pending: Promise.resolve(TOKEN) }),
  "a getter that is empty at first": () => {
    let asked = 0;
    return Object.defineProperty(new Error("no"), "request", { enumerable: true, get: () => (asked++ < 1 ? "" : TOKEN) });
  },
  "a bound getter": () => Object.defineProperty(new Error("no"), "request", { get: (() => TOKEN).bind(null) }),
  "a Map by another name": () => Object.assign(new Error("no"), { headers: new Tagged([["authorization", TOKEN]]) }),
  "a Map with a tag of its own": () => Object.assign(new Error("no"), { headers: Object.defineProperty(new Map([[1, TOKEN]]), Symbol.toStringTag, { value: "Object" }) }),
  "a prototype without one": () => Object.assign(new Error("no"), { request: Object.create(Object.assign(Object.create(null), { TOKEN })) }),
  "a static of the class": () => new Counted("no"),
  "a message that a class hides": () => Object.setPrototypeOf(new DOMException(`no ${TOKEN}`), DOMException.prototype),
  "a boxed text": () => Object.assign(new Error("no"), { raw: new String(TOKEN) }),
  "a prototype": () => Object.assign(new Error("no"), { config: Object.create({ token: TOKEN }) }),
  "a second of many": () => new AggregateError([new Error("a"), new Error(TOKEN)], "all failed"),
  "something far down": () => new Error("no", { cause: { cause: [{ cause: { deep: [[{ token: TOKEN }]] } }] } }),
  "more than is looked at": () => Object.assign(new Error("no"), { values: Array.from({ length: 3000 }, (_, index) => index), last: TOKEN }),
  "the value after many of one kind": () => Object.assign(new Error("no"), { values: [...Array(1e5).fill({}), TOKEN] }),
  "a part of a URL": () => new Error(`no GET /set/${encodeURIComponent(TOKEN)}`),
  "another realm": () => vm.runInNewContext(`Object.assign(new TypeError("no"), { request: new Map([["a", ${JSON.stringify(TOKEN)}]]) })`),
  "the reason of a reason": () => new Error("1", { cause: new Error("2", { cause: new Error("3", { cause: TOKEN }) }) }),
};

test("the token cannot be found in an error of fetch, wherever that carries it", async () => {
  for (const [name, make] of Object.entries(CARRIERS)) {
    const failed = (answer: any): any => ({ failed: { kind: "broken", code: "BROKEN", message: answer.detail } });
    const error = await failure(clientOn([sending(), failed], { fetch: () => Promise.reject(make()) as never }).ajo.capping.list());
    assert.ok(!shown(error).includes(TOKEN), `${name}: ${shown(error)}`);
    assert.ok(error.cause !== undefined, name);
  }
});

test("nor in the reason of an abort from within a fetch", async () => {
  for (const [name, make] of Object.entries(CARRIERS)) {
    const controller = new AbortController();
    const fetch: any = () => (controller.abort(make()), never());
    const error = await failure(clientOn([sending()], { fetch }).ajo.capping.list({ signal: controller.signal }));
    assert.equal(error.code, "ABORTED");
    assert.ok(!shown(error).includes(TOKEN), `${name}: ${shown(error)}`);
  }
});

test("an error that surely repeats nothing stays itself, and so do its causes", () => {
  const secrets = knowing(TOKEN);
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
  for (const error of errors) assert.equal(secrets.clean(error), error);
});

test("errors of the platform's own fetch stay themselves", async () => {
  for (const url of ["http://127.0.0.1:1", "nonsense", "http://h:99999"]) {
    const error = await failure(fetch(url));
    assert.equal(knowing(TOKEN).clean(error), error, inspect(error, { showHidden: true, depth: 9 }));
  }
});

test("a copy keeps what errors are told apart by, in each of the chain", () => {
  const raw = new TypeError("fetch failed", {
    cause: Object.assign(new Error(`connect with ${TOKEN}`, { cause: { code: "E1", headers: new Headers() } }), { name: "SocketError", code: "ECONNRESET" }),
  });
  const copy: any = knowing(TOKEN).clean(raw);
  assert.notEqual(copy, raw);
  for (const one of [copy, copy.cause, copy.cause.cause]) assert.equal(Object.prototype.toString.call(one), "[object Error]");
  assert.deepEqual([copy.name, copy.message, copy.cause.name, copy.cause.code, copy.cause.message], ["TypeError", "fetch failed", "SocketError", "ECONNRESET", "connect with …"]);
  assert.deepEqual([copy.cause.cause.code, copy.cause.cause.cause], ["E1", undefined]);
  assert.match(copy.stack, /^TypeError: fetch failed\n +at .*secrets\.test/);
});

test("what cannot be looked at is replaced, and nothing is thrown", () => {
  const hostile = (): never => {
    throw new Error("no");
  };
  const proxy = new Proxy({}, { get: hostile, ownKeys: hostile, getPrototypeOf: hostile });
  const ring: any = new Error("ring");
  ring.cause = ring;
  const secrets = knowing(TOKEN);
  assert.equal(secrets.clean(ring), ring);
  for (const error of [proxy, Object.assign(new Error("m"), { proxy }), Object.defineProperty({}, "a", { get: hostile, enumerable: true }), Object.assign(() => {}, { toString: hostile })]) {
    assert.ok(secrets.clean(error) instanceof Error);
    assert.equal(typeof secrets.describe(error), "string");
  }
});

test("a secret is masked as it is, in a URL and within JSON, a longer one first", () => {
  const secret = 'p8e "a\\b" ~!+/=';
  const secrets = knowing(secret);
  for (const text of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
    assert.equal(secrets.mask(`a ${text} b`), "a … b", text);
  }
  assert.equal(knowing("secret", "secret-and-more").mask("a secret-and-more b secret c"), "a … b … c");
  // However short it is, and whatever it is made of.
  assert.equal(knowing("abc").mask("xabcx"), "x…x");
  assert.equal(knowing("$&").mask("a$&b"), "a…b");
  assert.equal(knowing("").mask("text"), "text");
  assert.doesNotThrow(() => knowing("\ud800"));
});

test("a line is masked before it is cut or its spaces are folded", () => {
  const line = knowing(TOKEN, "two  spaces").describe(new Error(`${"x".repeat(990)}${TOKEN}`));
  assert.equal(line, `${"x".repeat(990)}…`);
  assert.equal(knowing("two  spaces").describe("a two  spaces b"), "a … b");
});

test("the token of an Authorization header is taken as a whole", async () => {
  const token = "a:b,c[d]{e}\"f";
  const fetch: any = () => Promise.reject(new Error(`bad header ${token}`));
  const { ajo, core } = clientOn([sending({ headers: [["authorization", `Bearer ${token}`]] }), { done: null }], { fetch });
  await ajo.capping.list();
  assert.equal(core.answers[0]?.detail, "bad header …");
});

test("a secret in a form is masked as it was sent and as it is", async () => {
  const body = "grant_type=client_credentials&client_secret=p8e-%7Ea%2Bb+c&scope=openid";
  for (const said of [body, "p8e-~a+b c"]) {
    const fetch: any = () => Promise.reject(new Error(said));
    const form = { headers: [["content-type", "application/x-www-form-urlencoded"]] as [string, string][], body };
    const { ajo, core } = clientOn([sending(form), { done: null }], { fetch });
    await ajo.capping.list();
    assert.doesNotMatch(core.answers[0]?.detail ?? "", /p8e/);
  }
});

test("what a token store holds is masked, as a whole and its token", async () => {
  const short = "t0k:n";
  const value = JSON.stringify({ version: 1, accessToken: short, grantedAtMillis: 1 });
  const set = { storeSet: { key: "key", value, ttlSeconds: 60, timeoutMs: 20 } };
  const get = { storeGet: { key: "key", timeoutMs: 20 } };
  const failed = (answer: any): any => ({ failed: { kind: "auth", code: "AUTH", message: `no: ${answer.detail}` } });
  for (const said of [value, short, JSON.stringify(value), encodeURIComponent(value)]) {
    const tokenStore = { get: () => value, set: () => Promise.reject(new Error(`cannot keep ${said}`, { cause: { args: ["set", said] } })) };
    for (const lines of [[set, failed], [get, sending({ headers: [] }), failed]]) {
      const fetch: any = () => Promise.reject(new Error(said));
      const error = await failure(clientOn(lines, { tokenStore, fetch }).ajo.capping.list());
      assert.ok(!shown(error).includes(short), shown(error));
    }
  }
  // Somebody else's value.
  for (const other of ["null", "[]", "text", "{", '{"accessToken":5}', ""]) {
    const { ajo, core } = clientOn([get, { done: null }], { tokenStore: { get: () => other, set: never } });
    await ajo.capping.list();
    assert.equal(core.answers[0]?.value, other);
  }
});

test("what the core answers is not repeated by the error that it cannot be read", async () => {
  const { ajo, core } = clientOn([]);
  core.start = () => `{"${TOKEN}" `;
  const error = await failure(ajo.capping.list());
  assert.equal(error.code, "INTERNAL");
  assert.ok(!shown(error).includes("canary"), shown(error));
});

test("an error of a class of somebody's own is copied, because a class can keep anything", () => {
  class Mine extends Error {
    override name = "Mine";
    code = "E_MINE";
  }
  const raw = new Mine("no");
  const copy: any = knowing(TOKEN).clean(raw);
  assert.notEqual(copy, raw);
  assert.deepEqual([copy.name, copy.code, copy.message], ["Mine", "E_MINE", "no"]);
});

/** What a call comes to whose fetch rejects with these words, with all that is told of it. */
async function saying(words: string, options: AjoOptions, before: unknown[] = []): Promise<string> {
  const events: unknown[] = before;
  const fetch: any = () => Promise.reject(Object.assign(new Error(words), { history: [words] }));
  const lines = [sending({ headers: [["authorization", "Bearer another"]] }), (answer: any): any => ({ failed: { kind: "broken", code: "BROKEN", message: `no: ${answer.detail}` } })];
  const { ajo } = clientOn(lines, { fetch, onEvent: (event) => events.push(event), ...options });
  return shown(await failure(ajo.capping.list())) + JSON.stringify(events);
}

test("what a client was made with is masked in a call that sends none of it", async () => {
  const who = { clientId: undefined, orgId: undefined, scopes: undefined, clientSecret: undefined };
  const given: Record<string, AjoOptions> = {
    clientSecret: { clientSecret: SECRET },
    clientSecrets: { clientSecret: undefined, clientSecrets: ["p8e-the-first-one", SECRET] },
    accessToken: { accessToken: SECRET },
    "credentials, flat": { ...who, credentials: { CLIENT_ID: "id", CLIENT_SECRETS: ["p8e-the-first-one", SECRET] } },
    "credentials, deep": { ...who, credentials: { project: { workspace: [{ oauth_server_to_server: { client_secrets: [SECRET] } }] } } },
    "credentials, as Postman has them": { ...who, credentials: { values: [{ key: "CLIENT_SECRET", value: SECRET, enabled: true }] } },
    "credentials, a text": { ...who, credentials: JSON.stringify({ a: { client_secret: SECRET } }) },
    "credentials, a list in a text": { ...who, credentials: { CLIENT_SECRET: `["p8e-the-first-one","${SECRET}"]` } },
  };
  for (const [name, options] of Object.entries(given)) {
    const text = await saying(`last request: client_secret=${SECRET}`, options);
    assert.ok(!text.includes(SECRET), `${name}: ${text}`);
  }
});

test("a secret is masked in the form that a token request has it in", async () => {
  const clientSecret = "p8e ~x+/=é";
  const text = await saying(`sent: ${new URLSearchParams({ client_secret: clientSecret })}`, { clientSecret });
  assert.match(text, /sent: client_secret=…/);
});

test("a token of an earlier call is masked in a later one, and old ones are forgotten", async () => {
  const said: string[] = [];
  const fetch: any = (_: string, { headers }: any) => {
    said.push(headers.authorization.slice(7));
    return said.length < 3 ? new Response("{}") : Promise.reject(new Error(said.join(" ")));
  };
  let count = 0;
  const lines = [(): any => sending({ headers: [["authorization", `Bearer token-of-call-${count++}`]] }), (answer: any): any => (answer.problem ? { failed: { kind: "broken", code: "BROKEN", message: answer.detail } } : { done: null })];
  const { ajo } = clientOn(lines, { fetch });
  await ajo.capping.list();
  await ajo.capping.list();
  assert.equal((await failure(ajo.capping.list())).message, "… … …");

  const secrets = Secrets.of(JSON.stringify({ clientSecret: SECRET }));
  for (let number = 0; number < 200; number += 1) secrets.add(`token-${number}-`);
  assert.equal(secrets.mask(`token-199- token-5- ${SECRET}`), "… token-5- …");
});

test("the reason of a signal that was aborted before is cleaned too", async () => {
  for (const [name, make] of Object.entries(CARRIERS)) {
    const error = await failure(clientOn([], { accessToken: TOKEN }).ajo.capping.list({ signal: AbortSignal.abort(make()) }));
    assert.deepEqual([error.code, error.attempts], ["ABORTED", 0]);
    assert.ok(!shown(error).includes(TOKEN), `${name}: ${shown(error)}`);
  }
});

test("what a store says when it cannot be read is not repeated, as nobody knows what was in it", async () => {
  const get = { storeGet: { key: "key", timeoutMs: 20 } };
  const failed = (answer: any): any => ({ failed: { kind: "auth", code: "AUTH", message: answer.detail } });
  for (const error of [Object.assign(new RangeError(`bad value ${TOKEN}`, { cause: new Error(TOKEN) }), { code: "E_KV", value: TOKEN }), TOKEN, { code: `${TOKEN} ${TOKEN}` }]) {
    const tokenStore = { get: () => Promise.reject(error), set: never };
    const found = await failure(clientOn([get, failed], { tokenStore }).ajo.capping.list());
    assert.ok(!shown(found).includes(TOKEN), shown(found));
    assert.equal(found.message, error instanceof RangeError ? "RangeError, E_KV" : "failed");
  }
});
