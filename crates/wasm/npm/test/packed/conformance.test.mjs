// tests/conformance/cases.json through the package with its real core: what every driver must send, and make of an answer. Where the
// file is, the variable AJO_CASES says. No network: `fetch` is a function.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import * as ajo from "ajo-limits";

const { client, secrets, cases } = JSON.parse(readFileSync(process.env.AJO_CASES, "utf8"));
const BASE = "http://127.0.0.1:1/journey/orchestration";
const HOSTS = { service: BASE, tokenHost: "http://127.0.0.1:1" };
/** The class for each kind of error. What is refused for the credential's sake is of `AjoAuthError`. */
const CLASSES = { refused: "AjoHttpError", unreadable: "AjoHttpError", auth: "AjoAuthError", broken: "AjoConnectionError" };

/** Answers as a case says, one request after the other, and keeps them. */
function scripted(exchange, made) {
  return async (url, init) => {
    const { answer = {}, problem = answer.problem } = exchange[made.length] ?? {};
    made.push({ url: new URL(url), ...init });
    if (problem !== undefined) throw new TypeError("fetch failed", { cause: new Error("other side closed") });
    const { status = 599, headers, body } = answer;
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers });
  };
}

function make({ operation, uid, definition, ...options }, fetch, caller) {
  const { accessToken, clientSecret, ...rest } = client;
  const credential = caller === "credentials" ? { clientSecret } : { accessToken, scopes: undefined };
  const made = new ajo.AjoClient({ ...rest, ...credential, baseUrl: BASE, imsUrl: HOSTS.tokenHost, fetch });
  const [api, verb] = operation.split(".");
  const taken = [uid, definition].filter((it) => it !== undefined);
  return made[api][verb](...taken, options);
}

function compare({ to, method, path, query, headers = {}, body }, made) {
  assert.equal(made.url.origin, new URL(HOSTS[to]).origin);
  assert.equal(made.method, method);
  assert.equal(made.url.pathname, path);
  if (query !== undefined) assert.equal(made.url.search.replace("?", ""), query);
  const sent = new Headers(made.headers);
  for (const [name, value] of Object.entries(headers)) assert.equal(sent.get(name), value, name);
  if (body === null) assert.equal(made.body, undefined);
  else if (typeof body === "string") assert.equal(made.body, body);
  else if (body !== undefined) assert.deepEqual(JSON.parse(made.body), body);
}

for (const { name, call, caller, exchange, result } of cases) {
  test(name, async () => {
    const made = [];
    const [settled] = await Promise.allSettled([make(call, scripted(exchange, made), caller)]);
    assert.equal(made.length, exchange.length, "requests");
    for (const [number, { request }] of exchange.entries()) compare(request, made[number]);
    if (result.error === undefined) {
      assert.equal(settled.status, "fulfilled", settled.reason?.message);
      // The package says nothing where the others say null, and fills in the lists of canDeploy.
      const filled = call.operation.endsWith(".canDeploy") ? { errors: [], warnings: [], ...result.value } : result.value;
      assert.deepEqual(settled.value ?? null, filled);
      return;
    }
    const { kind, ...fields } = result.error;
    const error = settled.reason;
    assert.ok(error instanceof ajo.AjoError, String(error ?? "it succeeded"));
    assert.ok(error.name === CLASSES[kind] || (kind === "refused" && error.name === "AjoAuthError"), error.name);
    for (const [field, value] of Object.entries(fields)) assert.equal(error[field] ?? null, value, field);
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const secret of secrets) assert.ok(!shown.includes(secret), shown);
  });
}
