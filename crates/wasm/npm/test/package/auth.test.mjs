// Tests ajo-limits/auth alone, bundled by esbuild, with its real core against stubs of three APIs and of the token endpoint. AJO_TOOLS is
// the manifest of a package that has esbuild.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const { build } = createRequire(process.env.AJO_TOOLS)("esbuild");

await build({
  stdin: { contents: 'export { AjoAuth } from "ajo-limits/auth";', resolveDir: process.cwd() },
  outfile: "bundle/auth.mjs",
  bundle: true,
  minify: true,
  format: "esm",
  logLevel: "warning",
});
const { AjoAuth } = await import(pathToFileURL(path.resolve("bundle/auth.mjs")));

const SECRET = "p8e-canary-secret-0123456789";
const ORG = "0123456789ABCDEF01234567@AdobeOrg";
const FORM = /^grant_type=client_credentials&client_id=client-1&/;

/** A server that records its requests. */
async function stub(respond) {
  const requests = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const recorded = { method: request.method, path: request.url, headers: request.headers, body };
      requests.push(recorded);
      const { status = 200, headers = {}, json = {} } = respond(recorded, requests.length);
      response.writeHead(status, headers).end(JSON.stringify(json));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { requests, host: `127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** The token endpoint, and APIs that accept the newest token. */
async function service(t) {
  const state = { tokens: 0, valid: 1 };
  const issue = () => ({ json: { access_token: `eyJ-canary-token-${(state.tokens += 1)}`, expires_in: 86399 } });
  const serve = ({ headers, path }) =>
    headers.authorization === `Bearer eyJ-canary-token-${state.valid}` ? { json: { path } } : { status: 401, json: { error_code: "401013" } };
  const endpoint = await stub(issue);
  const apis = await Promise.all([stub(serve), stub(serve), stub(serve)]);
  t.after(() => [endpoint, ...apis].forEach(({ close }) => close()));
  const [journeys, ...others] = apis;
  const options = {
    clientId: "client-1",
    clientSecret: SECRET,
    orgId: ORG,
    scopes: "openid",
    imsUrl: `http://${endpoint.host}`,
    baseUrl: `http://${journeys.host}/journey/orchestration`,
    allowedHosts: others.map(({ host }) => host),
  };
  return { state, endpoint, apis, options };
}

test("one token for three APIs, and one refresh after a 401", async (t) => {
  const { state, endpoint, apis, options } = await service(t);
  const auth = new AjoAuth({ ...options, sandbox: "prod" });
  const call = ({ host }, path, init) => auth.fetch(`http://${host}${path}`, init).then(async (response) => [response.status, await response.json()]);
  const all = () => Promise.all(Array.from({ length: 30 }, (_, index) => call(apis[index % 3], `/api/${index}`)));
  assert.deepEqual((await all()).map(([status, { path }]) => [status, path]), Array.from({ length: 30 }, (_, index) => [200, `/api/${index}`]));
  assert.equal(endpoint.requests.length, 1);
  assert.match(endpoint.requests[0].body, FORM);
  assert.equal(await auth.token(), "eyJ-canary-token-1");
  for (const { requests } of apis) {
    const { headers } = requests[0];
    const four = ["authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name"].map((name) => headers[name]);
    assert.deepEqual(four, ["Bearer eyJ-canary-token-1", "client-1", ORG, "prod"]);
  }

  // Revokes the token: 30 concurrent calls get a 401.
  state.valid = 2;
  assert.ok((await all()).every(([status]) => status === 200));
  assert.equal(endpoint.requests.length, 2);
  const [status] = await call(apis[1], "/api", { method: "POST", body: new URLSearchParams("a=b"), sandbox: "dev" });
  assert.deepEqual([status, apis[1].requests.at(-1).body, apis[1].requests.at(-1).headers["x-sandbox-name"]], [200, "a=b", "dev"]);
  assert.deepEqual(await auth.headers(), { authorization: "Bearer eyJ-canary-token-2", "x-api-key": "client-1", "x-gw-ims-org-id": ORG, "x-sandbox-name": "prod" });
  assert.equal(endpoint.requests.length, 2);
});

test("after a second 401 a token is not requested again", async (t) => {
  const { state, endpoint, apis, options } = await service(t);
  state.valid = 99;
  const auth = new AjoAuth({ ...options, sandbox: "prod" });
  for (let index = 0; index < 3; index += 1) assert.equal((await auth.fetch(`http://${apis[0].host}/x`)).status, 401);
  assert.equal(endpoint.requests.length, 2);
});

test("a stream is not repeated, and a response is a stream", async (t) => {
  const { state, apis, options, endpoint } = await service(t);
  const auth = new AjoAuth({ ...options, sandbox: "prod" });
  state.valid = 2;
  const response = await auth.fetch(`http://${apis[0].host}/x`, { method: "POST", body: new Blob(["text"]).stream(), duplex: "half" });
  assert.deepEqual([response.status, apis[0].requests.length, endpoint.requests.length], [401, 1, 1]);
  assert.equal((await auth.fetch(new Request(`http://${apis[0].host}/y`, { method: "PUT", body: "text" }))).status, 200);
  assert.equal(apis[0].requests.at(-1).body, "text");
  const chunks = [];
  for await (const chunk of (await auth.fetch(`http://${apis[0].host}/z`)).body) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), '{"path":"/z"}');
});

test("nothing is sent to another host", async (t) => {
  const { endpoint, apis, options } = await service(t);
  const sent = [];
  const fetch = async (url) => Promise.reject(new TypeError(`fetch of ${sent.push(url)}`));
  const auth = new AjoAuth({ ...options, sandbox: "prod", fetch });
  const [{ host }] = apis;
  const port = host.split(":")[1];
  const urls = [
    "https://evil.runtime.adobe.io/x",
    "https://runtime.adobe.io/x",
    "https://platform.adobe.io.evil.example/x",
    "https://evil-platform.adobe.io/x",
    "https://platform.adobe.io./x",
    "https://PLATFORM.adobe.io/x",
    "https://platform.adobe.io:444/x",
    "https://user:secret@platform.adobe.io/x",
    "https://platform.adobe.io@evil.example/x",
    "https://platform.adobe.io\\@evil.example/x",
    "https://platform.adobe.io\\.evil.example/x",
    "https:\\\\platform.adobe.io/x",
    "https:///platform.adobe.io/x",
    "https:platform.adobe.io/x",
    "http://platform.adobe.io/x",
    "http://cjm.adobe.io/x",
    "//platform.adobe.io/x",
    "/ajo/journey",
    "ajo/journey",
    "",
    "https://plаtform.adobe.io/x",
    "https://platform。adobe.io/x",
    "https://platform.adobe.ｉｏ/x",
    "https://plat\u00adform.adobe.io/x",
    " https://platform.adobe.io/x",
    "https://platform.adobe.io/\n",
    "data:text/plain,x",
    `http://localhost:${port}/x`,
    `http://127.0.0.1:${Number(port) - 1}/x`,
    `http://127.1:${port}/x`,
    `https://${host}.evil.example/x`,
    `http://${host}@evil.example/x`,
    `http://evil.example/?http://${host}/`,
  ];
  for (const url of urls) {
    const variants = [url];
    // A URL object and a Request are normalized, so some of them may get the token.
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const isAllowed = ["https://platform.adobe.io", `http://${host}`].includes(parsed?.origin) && parsed.username === "";
    if (parsed !== undefined && !isAllowed) variants.push(parsed);
    // The constructor of a Request rejects a user name.
    if (parsed !== undefined && !isAllowed && parsed.username === "") variants.push(new Request(url));
    for (const variant of variants) {
      const error = await auth.fetch(variant, { method: "POST", body: "x" }).then(() => "sent", (it) => it);
      assert.equal(error.name, "AjoValidationError", inspect([variant, error]));
      assert.match(error.message, /gets no access token/);
      assert.doesNotMatch(inspect(error), /secret@/);
    }
  }
  assert.deepEqual([sent, endpoint.requests.length, ...apis.map(({ requests }) => requests.length)], [[], 0, 0, 0, 0]);
});

test("random URLs go to allowed hosts only", async () => {
  const fragments = [
    "https://", "http://", "HTTPS://", "https:", "//", "/", "\\", "?", "#", "@", ":", ":443", ":444", ":80", ".", "%2e", "\t", "\n", " ", "\0",
    "platform.adobe.io", "cjm.adobe.io", "adobe.io", "PLATFORM.adobe.io", "runtime.adobe.io", "evil.example", "localhost:3000", "localhost", "api.example",
    "platform", "a", "1", "u:p@", "。", "ａ", "а", "\u00ad", "\u200b", "\ufeff", "\ud800", "ß", "xn--", "..", ";", "[::1]", "127.0.0.1",
  ];
  const allowed = ["https://platform.adobe.io", "https://cjm.adobe.io", "https://api.example", "https://localhost:3000", "http://localhost:3000"];
  let seed = 1;
  const random = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  let sent = 0;
  const fetch = async (url) => {
    sent += 1;
    const { origin, username, password } = new URL(url);
    assert.ok(allowed.includes(origin) && username + password === "", JSON.stringify(url));
    return new Response();
  };
  const token = { accessToken: "eyJ-canary-token-1", clientId: "client-1", orgId: ORG, sandbox: "prod" };
  const auth = new AjoAuth({ ...token, allowedHosts: ["api.example", "localhost:3000"], fetch });
  for (let index = 0; index < 20_000; index += 1) {
    const start = random(2) === 0 ? `${allowed[random(allowed.length)]}${random(3) === 0 ? "" : "/"}` : "https://";
    const url = start + Array.from({ length: random(5) }, () => fragments[random(fragments.length)]).join("");
    const error = await auth.fetch(url).then(() => undefined, (it) => it);
    assert.ok(error === undefined || error.name === "AjoValidationError", inspect(error));
  }
  assert.ok(sent > 2000, `${sent}`);
});

test("the two hosts of Adobe are allowed", async (t) => {
  const { options } = await service(t);
  const sent = [];
  const mock = async (url, init) => {
    sent.push([url, init.headers.authorization]);
    return Response.json(url.includes("/ims/") ? { access_token: "eyJ-canary-token-1", expires_in: 86399 } : {});
  };
  const auth = new AjoAuth({ ...options, sandbox: "prod", fetch: mock });
  const urls = ["https://platform.adobe.io/ajo/journey?limit=1#a", "https://cjm.adobe.io/imp/", "https://platform.adobe.io"];
  for (const url of urls) assert.equal((await auth.fetch(url)).status, 200);
  assert.equal((await auth.fetch(new URL(urls[2]))).status, 200);
  assert.deepEqual(sent.slice(1), [...urls, `${urls[2]}/`].map((url) => [url, "Bearer eyJ-canary-token-1"]));
});

test("a redirect is not followed", async (t) => {
  const { options, apis } = await service(t);
  const target = apis[1];
  const redirecting = await stub(() => ({ status: 302, headers: { location: `http://${target.host}/stolen` } }));
  t.after(redirecting.close);
  const auth = new AjoAuth({ ...options, sandbox: "prod", allowedHosts: [redirecting.host, target.host] });
  const error = await auth.fetch(`http://${redirecting.host}/x`).catch((it) => it);
  assert.deepEqual([error.name, error.status], ["AjoHttpError", 302]);
  const response = await auth.fetch(`http://${redirecting.host}/x`, { redirect: "manual" });
  assert.equal(response.status, 302);
  assert.equal(target.requests.length, 0);
});

test("hosts are checked by the constructor", async (t) => {
  const { options } = await service(t);
  for (const host of ["https://api.example", "API.example", "api.example/x", "api.example.", "*.adobe.io", "", "a:443", "127.1"]) {
    assert.throws(() => new AjoAuth({ ...options, allowedHosts: [host] }), { name: "AjoValidationError", code: "CONFIG", message: /allowedHosts: `.*` is not a host/ }, host);
  }
  assert.throws(() => new AjoAuth({ ...options, sandbox: "PROD" }), /sandbox/);
});

test("invalidate requests another token", async (t) => {
  const { endpoint, options } = await service(t);
  const auth = new AjoAuth({ ...options, sandbox: "prod" });
  assert.equal(await auth.token(), "eyJ-canary-token-1");
  auth.invalidate();
  assert.equal(await auth.token(), "eyJ-canary-token-2");
  assert.equal(endpoint.requests.length, 2);
});
