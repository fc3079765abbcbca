import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
// First, because the scripted module imports the client.
import { asFetch, failed, type Line, never, ORIGIN, rejection, scriptedClient, type ScriptedModule, SECRET, TOKEN, useModule } from "./support.js";
import { AjoAuth } from "../src/ajo-auth.js";
import * as actions from "../src/actions.js";
import { AjoError, AjoHttpError, AjoValidationError } from "../src/errors.js";
import type { AjoOptions } from "../src/options.js";

const URL_ = "https://platform.adobe.io/ajo/journey";
const FOUR = { authorization: `Bearer ${TOKEN}`, "x-api-key": "id", "x-gw-ims-org-id": "org", "x-sandbox-name": "prod" };

/** A token from the cache. As in the real module, the first action after the start of a call says that an attempt started. */
const issued: Line = () => ({ code: actions.DONE, flags: actions.ATTEMPT_STARTED, extra: 1 });

interface Recording {
  auth: AjoAuth;
  requests: { url: string; init: any }[];
  module: ScriptedModule;
}

function recordingAuth(respond: (attempt: number) => Response = () => new Response("{}"), options: AjoOptions = {}, lines = [issued]): Recording {
  const module = useModule(...lines);
  const requests: Recording["requests"] = [];
  const fetch = asFetch((url, init) => (requests.push({ url, init }), respond(requests.length)));
  const auth = new AjoAuth({ clientId: "id", orgId: "org", clientSecret: SECRET, scopes: "a", sandbox: "prod", fetch, ...options });
  return { auth, requests, module };
}

const bodies: [string, () => any][] = [
  ["a string", () => "text"],
  ["an ArrayBuffer", () => new ArrayBuffer(4)],
  ["bytes", () => new Uint8Array(4)],
  ["a Blob", () => new Blob(["text"])],
  ["URLSearchParams", () => new URLSearchParams("a=b")],
  ["FormData", () => new FormData()],
];
const rejected = (attempt: number): Response => new Response("body", { status: attempt === 1 ? 401 : 200 });

test("token returns the access token", async () => {
  const { auth, module, requests } = recordingAuth();
  assert.equal(await auth.token({ timeoutMs: 5 }), TOKEN);
  assert.deepEqual([module.begun, requests], [[[-4, 0, 5, 0]], []]);
});

test("token rejects with the module's error", async () => {
  const { auth } = recordingAuth(undefined, {}, [failed({ kind: "auth", code: "invalid_client" })]);
  const error = await rejection(auth.token());
  assert.deepEqual([error.name, error.code, error.operation], ["AjoAuthError", "invalid_client", "auth.token"]);
});

test("headers returns the four headers", async () => {
  const { auth } = recordingAuth();
  assert.deepEqual(await auth.headers(), FOUR);
  assert.deepEqual(await auth.headers({ sandbox: "dev" }), { ...FOUR, "x-sandbox-name": "dev" });
  const { "x-sandbox-name": _, ...three } = FOUR;
  assert.deepEqual(await auth.headers({ sandbox: null }), three);
});

test("headers need a sandbox or null", async () => {
  const { auth, module, requests } = recordingAuth(undefined, { sandbox: undefined });
  for (const call of [auth.headers(), auth.fetch(URL_)]) {
    const error = await rejection(call);
    assert.ok(error instanceof AjoValidationError);
    assert.match(error.message, /`sandbox` is missing/);
  }
  assert.match((await rejection(auth.headers({ sandbox: "DEV" }))).message, /`DEV` is not a valid sandbox name/);
  assert.match((await rejection(auth.headers({ sandbox: 1 } as any))).message, /`sandbox` must be a string or null/);
  assert.match((await rejection(auth.token({ sandbox: "dev" } as any))).message, /unknown option `sandbox`/);
  assert.deepEqual([module.begun, requests], [[], []]);
  assert.equal((await auth.headers({ sandbox: "dev" }))["x-sandbox-name"], "dev");
});

test("fetch adds the headers", async () => {
  const { auth, requests, module } = recordingAuth(undefined, { headers: { "user-agent": "mine", accept2: "a" }, fetchOptions: { keepalive: true } });
  const { fetch } = auth;
  await fetch(URL_, { headers: [["Accept", "text/csv"], ["accept2", "b"]] });
  await fetch(new URL(URL_), { headers: new Headers({ a: "b" }), sandbox: "dev", method: "DELETE" });
  await fetch(URL_, { headers: { a: "b" }, sandbox: null, redirect: "error" });
  const { "x-sandbox-name": _, ...three } = FOUR;
  const shared = { "user-agent": "mine", accept2: "a" };
  assert.deepEqual(requests, [
    { url: URL_, init: { keepalive: true, redirect: "manual", headers: { ...shared, accept: "text/csv", accept2: "b", ...FOUR } } },
    { url: URL_, init: { keepalive: true, redirect: "manual", method: "DELETE", headers: { ...shared, a: "b", ...FOUR, "x-sandbox-name": "dev" } } },
    { url: URL_, init: { keepalive: true, redirect: "manual", headers: { ...shared, a: "b", ...three } } },
  ]);
  assert.deepEqual(module.checkedUrls, [URL_, URL_, URL_]);
});

test("fetch sends a Request", async () => {
  const { auth, requests, module } = recordingAuth(rejected);
  const { signal } = new AbortController();
  const request = new Request(URL_, { method: "PUT", body: "text", headers: { a: "b" }, signal });
  const response = await auth.fetch(request, { headers: { c: "d" } });
  assert.equal(response.status, 200);
  assert.deepEqual([requests.length, module.checkedUrls], [2, [URL_]]);
  for (const { url, init } of requests) {
    assert.deepEqual([url, init.method, new TextDecoder().decode(init.body)], [URL_, "PUT", "text"]);
    assert.deepEqual(init.headers, { c: "d", ...FOUR });
    assert.ok(init.signal);
  }
  await auth.fetch(new Request(URL_, { headers: { a: "b" } }));
  assert.deepEqual(requests[2]?.init.headers, { a: "b", ...FOUR });
  assert.equal("body" in requests[2]?.init, false);
  assert.match((await rejection(auth.fetch(request))).message, /the body of the Request has already been read/);
});

test("fetch rejects what it must not send", async () => {
  const { auth, requests, module } = recordingAuth();
  const evil = "https://evil.runtime.adobe.io/x";
  const attempts: [Promise<unknown>, RegExp][] = [
    [auth.fetch(evil), /gets no access token/],
    [auth.fetch(new URL(evil)), /gets no access token/],
    [auth.fetch(new Request(evil)), /gets no access token/],
    [auth.fetch({ toString: () => URL_ } as any), /the URL must be a string, a URL, or a Request/],
    [auth.fetch(undefined as any), /the URL must be a string/],
    [auth.fetch(URL_, "x" as any), /the options must be an object/],
    [auth.fetch(URL_, { redirect: "follow" }), /`redirect` must not be "follow"/],
    [auth.fetch(URL_, { headers: { a: `${SECRET}\nx` } }), /`headers` has a name or a value that cannot be sent/],
    [auth.fetch(URL_, { signal: {} as any }), /`signal` must be an AbortSignal/],
  ];
  for (const name of ["Authorization", "X-API-Key", "x-gw-ims-org-id", "x-Sandbox-name"]) {
    const reserved = new RegExp(`header \`${name.toLowerCase()}\`: reserved for AjoAuth`);
    for (const headers of [{ [name]: "x" }, [[name, "x"]] as [string, string][], new Headers({ [name]: "x" })]) {
      attempts.push([auth.fetch(URL_, { headers }), reserved]);
    }
    attempts.push([auth.fetch(new Request(URL_, { headers: { [name]: "x" } })), reserved]);
  }
  for (const [call, expected] of attempts) {
    const error = await rejection(call);
    assert.ok(error instanceof AjoValidationError, inspect(error));
    assert.match(error.message, expected);
    assert.equal(error.operation, "auth.fetch");
    assert.doesNotMatch(inspect(error), new RegExp(SECRET));
  }
  assert.deepEqual([requests, module.begun], [[], []]);
});

test("fetch repeats a request once after a 401", async () => {
  for (const [name, body] of [...bodies, ["no body", () => undefined] as const]) {
    const { auth, requests, module } = recordingAuth(rejected);
    const response = await auth.fetch(URL_, { method: "POST", body: body() });
    assert.deepEqual([response.status, requests.length, module.invalidated, module.rejected], [200, 2, [1], []], name);
  }
  const { auth, requests, module } = recordingAuth(() => new Response("", { status: 401 }));
  assert.equal((await auth.fetch(URL_)).status, 401);
  assert.deepEqual([requests.length, module.invalidated, module.rejected], [2, [1], [1]]);
});

test("fetch returns the 401 if it cannot repeat", async () => {
  const stream = new Blob(["text"]).stream();
  const { auth, requests, module } = recordingAuth(rejected);
  const response = await auth.fetch(URL_, { method: "POST", body: stream, duplex: "half" } as any);
  assert.deepEqual([response.status, await response.text(), requests.length, module.invalidated], [401, "body", 1, [1]]);
  assert.equal(requests[0]?.init.duplex, "half");
  const { auth: other, requests: sent, module: fixed } = recordingAuth(rejected);
  fixed.isTokenFixed = true;
  assert.equal((await other.fetch(URL_)).status, 401);
  assert.equal(sent.length, 1);
});

test("fetch returns the response of the platform", async () => {
  const original = new Response("text", { status: 404 });
  const { auth } = recordingAuth(() => original);
  assert.equal(await auth.fetch(URL_), original);
  assert.equal(original.bodyUsed, false);
});

test("fetch follows no redirect", async () => {
  const redirect = (): Response => new Response(null, { status: 307, headers: { location: "https://evil.example/?secret" } });
  const { auth, requests } = recordingAuth(redirect);
  const error = await rejection(auth.fetch(URL_));
  assert.ok(error instanceof AjoHttpError);
  assert.match(error.message, /auth\.fetch failed: the response is a redirect/);
  assert.deepEqual([error.status, requests.length], [307, 1]);
  assert.doesNotMatch(inspect(error), /secret/);
  assert.equal((await auth.fetch(URL_, { redirect: "manual" })).status, 307);
  const opaque = recordingAuth(() => ({ status: 0, type: "opaqueredirect" }) as Response).auth;
  assert.equal((await rejection(opaque.fetch(URL_))).status, undefined);
  const unmodified = recordingAuth(() => new Response(null, { status: 304 })).auth;
  assert.equal((await unmodified.fetch(URL_)).status, 304);
});

test("fetch rejects with the error of the platform", async () => {
  const lost = new TypeError("fetch failed");
  const { auth } = recordingAuth(() => {
    throw lost;
  });
  assert.equal(await rejection(auth.fetch(URL_)), lost);
  const leaking = recordingAuth(() => {
    throw new TypeError(`invalid header Bearer ${TOKEN}`);
  }).auth;
  assert.doesNotMatch(inspect(await rejection(leaking.fetch(URL_))), new RegExp(TOKEN));
});

test("fetch ends with the reason of its signal", async () => {
  const reason = new Error("enough");
  const { auth, requests } = recordingAuth();
  assert.equal(await rejection(auth.fetch(URL_, { signal: AbortSignal.abort(reason) })), reason);
  const controller = new AbortController();
  const waiting = recordingAuth(undefined, { accessToken: () => never(), clientSecret: undefined, scopes: undefined }, [{ code: actions.CALLBACK }]).auth;
  const call = rejection(waiting.fetch(URL_, { signal: controller.signal }));
  controller.abort(reason);
  assert.equal(await call, reason);
  assert.equal(requests.length, 0);
});

test("fetch without a global fetch says so", async () => {
  const { auth } = recordingAuth(undefined, { fetch: undefined });
  const { fetch } = globalThis;
  try {
    delete (globalThis as any).fetch;
    const error = await rejection(auth.fetch(URL_));
    assert.deepEqual([error.name, error.code, error.hint], ["AjoFetchError", "FETCH_REFUSED", "Pass the option `fetch`."]);
  } finally {
    globalThis.fetch = fetch;
  }
});

test("fetch emits events, a token call none", async () => {
  const events: any[] = [];
  const { auth } = recordingAuth(rejected, { onEvent: (event) => events.push(event) });
  await auth.token();
  assert.deepEqual(events, []);
  await auth.fetch(URL_, { headers: { "x-request-id": "mine" } });
  assert.deepEqual(
    events.map(({ durationMs, ...event }: any) => event),
    [1, 2].flatMap((attempt) => [
      { type: "attempt", operation: "auth.fetch", attempt, requestId: "mine" },
      { type: "response", operation: "auth.fetch", attempt, status: attempt === 1 ? 401 : 200 },
    ]),
  );
});

test("invalidate rejects the token in use", async () => {
  const { auth, module } = recordingAuth();
  auth.invalidate();
  assert.deepEqual(module.invalidated, []);
  await auth.token();
  auth.invalidate();
  assert.deepEqual(module.invalidated, [1]);
});

test("an auth object shows no secret", async () => {
  const { auth } = recordingAuth();
  await auth.token();
  const { ajo } = scriptedClient([issued]);
  await ajo.auth.token();
  for (const value of [auth, ajo, ajo.auth]) {
    for (const text of [JSON.stringify(value), inspect(value, { depth: 20, showHidden: true })]) {
      assert.doesNotMatch(text, new RegExp(`${SECRET}|${TOKEN}`));
    }
  }
});

test("client.auth shares the client", async () => {
  const { ajo, module } = scriptedClient([issued], { fetch: asFetch(async () => new Response("")) });
  assert.ok(ajo.auth instanceof AjoAuth);
  assert.deepEqual(await ajo.auth.headers(), FOUR);
  assert.equal((await ajo.auth.fetch(`${ORIGIN}/x`)).status, 200);
  assert.equal(module.opened.length, 1);
});

test("options of auth are checked", () => {
  useModule();
  const create = (options: any) => () => new AjoAuth(options);
  assert.throws(create({}), /new AjoAuth: pass one of clientSecret/);
  assert.throws(create({ accessToken: TOKEN, clientId: "id", orgId: "org", allowedHosts: "a" }), /`allowedHosts` must be an array of strings/);
  assert.throws(create({ accessToken: TOKEN, clientId: "id", orgId: "org", hosts: [] }), AjoError);
});
