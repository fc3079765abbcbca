// Runs tests/conformance/cases.json on the package with its real core. The cases define the requests that every transport sends, and
// the results for each response. AJO_CASES is the path of the file. `fetch` is a mock.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import * as ajo from "ajo-limits";

const { client, secrets, cases } = JSON.parse(readFileSync(process.env.AJO_CASES, "utf8"));
const BASE = "http://127.0.0.1:1/journey/orchestration";
const HOSTS = { service: BASE, tokenEndpoint: "http://127.0.0.1:1" };
/** The class for each kind of error. A rejected credential is an `AjoAuthError`. */
const CLASSES = { api: "AjoHttpError", decode: "AjoHttpError", auth: "AjoAuthError", disconnected: "AjoConnectionError" };

/** A `fetch` that returns the responses of a case in order, and records the requests. */
function scriptedFetch(exchanges, requests) {
  return async (url, init) => {
    const { response = {}, problem = response.problem } = exchanges[requests.length] ?? {};
    requests.push({ url: new URL(url), ...init });
    if (problem !== undefined) throw new TypeError("fetch failed", { cause: new Error("other side closed") });
    const { status = 599, headers, body } = response;
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
  };
}

function call({ operation, uid, definition, ...options }, fetch, caller) {
  const { accessToken, clientSecret, ...rest } = client;
  const credential = caller === "credentials" ? { clientSecret } : { accessToken, scopes: undefined };
  const ajoClient = new ajo.AjoClient({ ...rest, ...credential, baseUrl: BASE, imsUrl: HOSTS.tokenEndpoint, fetch });
  const [api, verb] = operation.split(".");
  const args = [uid, definition].filter((it) => it !== undefined);
  return ajoClient[api][verb](...args, options);
}

function assertRequest({ to, method, path, query, headers = {}, body }, actual) {
  assert.equal(actual.url.origin, new URL(HOSTS[to]).origin);
  assert.equal(actual.method, method);
  assert.equal(actual.url.pathname, path);
  if (query !== undefined) assert.equal(actual.url.search.replace("?", ""), query);
  const sent = new Headers(actual.headers);
  for (const [name, value] of Object.entries(headers)) assert.equal(sent.get(name), value, name);
  if (body === null) assert.equal(actual.body, undefined);
  else if (typeof body === "string") assert.equal(actual.body, body);
  else if (body !== undefined) assert.deepEqual(JSON.parse(actual.body), body);
}

for (const { name, call: input, caller, exchanges, result } of cases) {
  test(name, async () => {
    const requests = [];
    const [settled] = await Promise.allSettled([call(input, scriptedFetch(exchanges, requests), caller)]);
    assert.equal(requests.length, exchanges.length, "requests");
    for (const [number, { request }] of exchanges.entries()) assertRequest(request, requests[number]);
    if (result.error === undefined) {
      assert.equal(settled.status, "fulfilled", settled.reason?.message);
      // The package returns undefined instead of null, and adds the missing lists of canDeploy.
      const expected = input.operation.endsWith(".canDeploy") ? { errors: [], warnings: [], ...result.value } : result.value;
      assert.deepEqual(settled.value ?? null, expected);
      return;
    }
    const { kind, ...fields } = result.error;
    const error = settled.reason;
    assert.ok(error instanceof ajo.AjoError, String(error ?? "the call succeeded"));
    assert.ok(error.name === CLASSES[kind] || (kind === "api" && error.name === "AjoAuthError"), error.name);
    for (const [field, value] of Object.entries(fields)) assert.equal(error[field] ?? null, value, field);
    const printed = inspect(error, { depth: 9, showHidden: true });
    for (const secret of secrets) assert.ok(!printed.includes(secret), printed);
  });
}
