// Tests client.request and client.auth with the real core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AjoClient } from "ajo-limits";
import { AjoAuth } from "ajo-limits/auth";

const TOKEN = { access_token: "eyJ-canary-token-0123456789", expires_in: 86399 };
const options = { clientId: "client-1", clientSecret: "p8e-canary-secret", orgId: "0123456789ABCDEF01234567@AdobeOrg", scopes: "openid", sandbox: "prod" };

/** A client whose API returns the responses in order, and its requests. */
function client(...responses) {
  const requests = [];
  const fetch = async (url, init) => {
    if (url.includes("/ims/")) return Response.json(TOKEN);
    requests.push(`${init.method} ${url}`);
    return responses.shift() ?? Response.json({ ok: true });
  };
  return { ajo: new AjoClient({ ...options, fetch }), requests };
}

const unavailable = () => Response.json({ error_code: "503000" }, { status: 503, headers: { "retry-after": "0" } });

test("a path begins at the origin of the gateway", async () => {
  const { ajo, requests } = client();
  assert.deepEqual(await ajo.request("GET", "/ajo/journey", { query: { limit: 1 } }), { ok: true });
  assert.deepEqual(requests, ["GET https://platform.adobe.io/ajo/journey?limit=1"]);
});

test("a safe request is retried, a POST is not", async () => {
  const lost = () => new Response("", { status: 502 });
  const { ajo, requests } = client(unavailable(), lost());
  await ajo.request("GET", "/x");
  assert.equal(requests.length, 3);
  const { ajo: other, requests: sent } = client(lost());
  const error = await other.request("POST", "/x", { body: {} }).catch((it) => it);
  assert.deepEqual([error.name, error.status, error.operation, sent.length], ["AjoHttpError", 502, "POST /x", 1]);
});

test("an invalid path is not sent", async () => {
  const { ajo, requests } = client();
  for (const path of ["", "ajo", "//evil.example/x", "/../x", "/a/%2e%2E/b", "/a?b", "/a#b", "/a\\b", "/a b", "/é", ".evil.example", "@evil.example", "https://evil.example/"]) {
    const error = await ajo.request("GET", path).catch((it) => it);
    assert.deepEqual([error.name, error.message.includes("its path")], ["AjoValidationError", true], `${path}: ${error.message}`);
  }
  assert.deepEqual(requests, []);
});

test("methods can be replaced by a test", async (t) => {
  const options = { clientId: "c", accessToken: "token-0123456789", orgId: "0123456789ABCDEF01234567@AdobeOrg", sandbox: "prod" };
  const ajo = new AjoClient({ ...options, fetch: () => assert.fail("sent") });
  for (const [object, name] of [[ajo.capping, "list"], [ajo.capping, "setRating"], [ajo.throttling, "setThroughput"], [ajo.auth, "fetch"], [ajo.auth, "token"], [ajo, "request"]]) {
    t.mock.method(object, name, async () => "mocked");
    assert.equal(await object[name](), "mocked", name);
  }
  const prototypes = [[AjoClient.prototype, "request"], [AjoClient.prototype.capping, "get"], [AjoClient.prototype.auth, "headers"]];
  for (const [prototype, name] of prototypes) t.mock.method(prototype, name, async () => "mocked");
  assert.equal(await new AjoClient(options).request(), "mocked");
});

test("client.auth is an AjoAuth of every entry point", () => {
  assert.ok(client().ajo.auth instanceof AjoAuth);
});
