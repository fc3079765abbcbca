import assert from "node:assert/strict";
import { test } from "node:test";
import { SUCCEEDED } from "../src/actions.js";
import { AjoValidationError } from "../src/errors.js";
import { asFetch, done, ORIGIN, rejection, type Report, scriptedClient, send, TOKEN } from "./support.js";

/** A client whose requests are recorded. */
function recordingClient(response: () => Response = () => Response.json({ a: 1 })): { ajo: any; requests: any[]; module: any } {
  const requests: any[] = [];
  const fetch = asFetch((url, { signal, redirect, ...init }) => (requests.push({ url, ...init }), response()));
  return { ...scriptedClient([send(), done], { fetch }), requests };
}

test("a request has the client's headers", async () => {
  const { ajo, requests, module } = recordingClient();
  assert.deepEqual(await ajo.request("GET", "/ajo/journey", { query: { limit: 5, all: true, no: undefined, id: ["a b", "c&d"] }, timeoutMs: 7 }), { a: 1 });
  const { url, method, body, headers } = requests[0];
  assert.deepEqual([url, method, body], [`${ORIGIN}/ajo/journey?limit=5&all=true&id=a+b&id=c%26d`, "GET", undefined]);
  const { "x-request-id": id, ...others } = headers;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(others, { authorization: `Bearer ${TOKEN}`, "x-api-key": "id", "x-gw-ims-org-id": "org", "x-sandbox-name": "prod", accept: "application/json" });
  assert.deepEqual(module.begun, [[-1, 0, 7, 0]]);
});

test("the method decides about retries", async () => {
  for (const [method, operation] of Object.entries({ GET: -1, HEAD: -1, OPTIONS: -1, PUT: -2, DELETE: -2, POST: -3, PATCH: -3 })) {
    const { ajo, module } = recordingClient();
    await ajo.request(method, "/x");
    assert.equal(module.begun[0][0], operation, method);
  }
});

test("a request sends and reads JSON", async () => {
  const { ajo, requests, module } = recordingClient(() => new Response(""));
  assert.equal(await ajo.request("POST", "/x", { body: { a: [null] } }), undefined);
  assert.deepEqual(module.reports, [{ input: SUCCEEDED }]);
  await ajo.request("PATCH", "/x", { body: [], headers: { "Content-Type": "application/json-patch+json", accept: "text/json", a: "b" } });
  assert.deepEqual([requests[0].body, requests[0].headers["content-type"]], ['{"a":[null]}', "application/json"]);
  const { "content-type": contentType, accept, a } = requests[1].headers;
  assert.deepEqual([contentType, accept, a], ["application/json-patch+json", "text/json", "b"]);
  const { data, status } = await recordingClient(() => Response.json([1])).ajo.request("GET", "/x").withResponse();
  assert.deepEqual([data, status], [[1], 200]);
});

test("a response that is not JSON is reported", async () => {
  for (const [body, problem] of [["<html>", "it is HTML or XML"], ["{", "it is not JSON"], ["[".repeat(200), "it is not JSON"]] as const) {
    const { ajo, module } = recordingClient(() => new Response(body));
    await ajo.request("GET", "/x");
    assert.equal((module.reports.at(-1) as Report).detail, problem);
  }
});

test("invalid requests are not sent", async () => {
  const { ajo, requests, module } = recordingClient();
  const cases: [unknown[], RegExp][] = [
    [["get", "/x"], /the method must be one of GET, HEAD/],
    [["toString", "/x"], /the method must be one of/],
    [[undefined, "/x"], /the method must be one of/],
    [["GET", 5], /the path must be a string/],
    [["GET", "x"], /`x` cannot be used/],
    [["GET", "/x", { body: {} }], /GET \/x: a GET or HEAD request has no body/],
    [["GET", "/x", { query: { a: {} } }], /`query.a` must be a string, a number, a boolean, or an array of them, not a value of type object/],
    [["GET", "/x", { query: "a=b" }], /`query` must be an object/],
    [["POST", "/x", { body: () => {} }], /an argument cannot be read or converted to JSON/],
    [["GET", "/x", { headers: { authorization: "x" } }], /reserved for the client/],
    [["GET", "/x", { force: true }], /unknown option `force`/],
  ];
  for (const [args, expected] of cases) {
    const error = await rejection(ajo.request(...args));
    assert.ok(error instanceof AjoValidationError);
    assert.match(error.message, expected);
  }
  assert.deepEqual([requests, module.begun], [[], []]);
});
