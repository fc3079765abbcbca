// The properties: each function returns a random question for the oracle, and how to ask the npm package.
import { anyTree, brokenText, changeTree, deepTree, Digits, Pairs, textOf, toText, toTree, toValue } from "./json.mjs";
import { mostly, mutate, text, wellFormed } from "./random.mjs";

const TOKEN = "oracle-token-0123456789";
const SECRET = "p8e-oracle-secret-0123";
const UID = "9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7";
const BASE_URL = "https://platform.test/journey/orchestration";
const NOW = 1_800_000_000_000;
const IDENTITY = { clientId: "client-1", orgId: "A1@AdobeOrg", sandbox: "prod", baseUrl: BASE_URL };
/** A client with a token, so that no token request is sent. */
const WITH_TOKEN = { ...IDENTITY, accessToken: TOKEN };
const WITH_SECRET = { ...IDENTITY, clientSecrets: [SECRET], scopes: "openid,AdobeID", imsUrl: "https://ims.test" };
const CAPPING = { url: "https://api.example.org/data/2.5/*", methods: ["GET"], services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } } };
const THROTTLING = { name: "partner-api", urlPattern: "https://partner.example.com/*", methods: ["POST", "PUT"], maxThroughput: 400 };
const VERBS = ["list", "create", "get", "update", "delete", "canDeploy", "deploy", "undeploy"];
const OPERATIONS = ["capping", "throttling"].flatMap((api) => VERBS.map((verb) => `${api}.${verb}`));
const SUCCESS_BODY = `{"uid":"${UID}","result":{"uid":"${UID}"},"results":[{"uid":"${UID}"}],"canDeploy":{"validationStatus":"ok"}}`;
const SUCCESS = { status: 200, headers: {}, body: SUCCESS_BODY };

/** The JSON of a value without lone surrogates. */
function jsonOf(value) {
  return JSON.stringify(value)?.replace(/\\(\\|ud[89a-f]..)/g, (match) => (match === "\\\\" ? match : "\ufffd"));
}

/** A call with valid arguments, unless `changes` has others. */
function call(operation, changes, style = {}) {
  const [api, verb] = operation.split(".");
  const takesUid = !["list", "create"].includes(verb);
  const definition = ["create", "update"].includes(verb) ? (api === "capping" ? CAPPING : THROTTLING) : undefined;
  const question = { now: NOW, options: WITH_TOKEN, operation, uid: takesUid ? UID : undefined, maxAttempts: 1, responses: [SUCCESS], ...changes };
  const asked = "definition" in style ? style.definition : definition;
  if (asked !== undefined) question.definition = jsonOf(asked);
  return { question: { call: question }, style: { ...style, definition: asked } };
}

function styleOf(random) {
  return { headersAsObject: random.oneIn(2), isSingleSecret: random.oneIn(2), isRealResponse: random.oneIn(8), hasByteOrderMark: random.oneIn(8) };
}

function uid(random) {
  const operation = random.pick(OPERATIONS.filter((it) => !/list|create/.test(it)));
  const value = random.choose([1, () => UID], [4, () => mutate(random, UID)], [2, () => mutate(random, "A.b_c-1")], [2, () => random.pick(["a", ".", "-", "_", "é"]).repeat(random.between(126, 129))], [4, () => text(random)]);
  return call(operation, { uid: value, force: /delete/.test(operation) && random.oneIn(2) });
}

const HOSTS = [
  "platform.adobe.io", "a.example", "A.Example", "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "127.1", "127.255.255.255", "128.0.0.1", "0x7f.1", "0177.0.0.1", "2130706433", "127.0.0.1.",
  "0.0.0.0", "10.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::2]", "[::]", "[::1%25lo]", "[::1", "::1", "[]", "", "münchen.example", "xn--mnchen-3ya.example", "例え.jp", "a_b.example",
  "-a.example", "a..b", "a b", "ａ.example", "a%41.example", "a\u200b.example", "a\u00ad.example", "１２７.0.0.1", "a.example\\@b.example", "user@a.example", "user:pw@a.example", "a.example:80@b.example", "@a.example", "a,b", "a;b", "a.example,", "*.a.example", "256.256.256.256", "1.2.3.4.5",
];
const PORTS = ["", "", "", "", ":443", ":80", ":0", ":1", ":65535", ":65536", ":", ":080", ":8a", ":-1", ":+1", ":٣", ": 1", ":1:2", ":99999999999999999999"];
const PATHS = [
  "", "", "/", "//", "/a", "/a/", "/a//", "/journey/orchestration", "/journey/orchestration/", "/a%20b", "/%2e%2e/x", "/%2E", "/.%2e/a", "/..", "/a/./b", "/.", "/...", "/.a", "/ä", "/a b", "/a;b=c", "/a\\b", "\\a", "/a//b", "/%zz", "/%", "/<a>",
  '/"', "/`", "/{a}", "/|", "/^", "/[a]", "/~a", "/a:b@c", "/?", "/a?b=c", "?a", "#", "/#a", "/a\tb", "/a\nb", "/\u2028", "/%00", "/a%5Cb",
];

function url(random) {
  const scheme = random.choose([8, () => "https://"], [4, () => "http://"], [1, () => random.pick(["HTTPS://", "Http://", "ftp://", "https:", "https:/", "https:///", "//", "", "ws://", "https:\\\\", "javascript://", " https://"])]);
  const whole = scheme + random.pick(HOSTS) + random.pick(PORTS) + random.pick(PATHS);
  return random.oneIn(5) ? mutate(random, whole) : whole;
}

function request(random) {
  const base = random.choose([3, () => url(random)], [1, () => BASE_URL]);
  const sandbox = random.choose([4, () => "prod"], [1, () => text(random)], [1, () => mutate(random, "my-sandbox-1")], [1, () => "a".repeat(random.between(254, 258))]);
  const operation = random.pick(OPERATIONS);
  const options = { ...WITH_TOKEN, baseUrl: base, sandbox, clientId: mostly(random, "client-1", 20), orgId: mostly(random, "A1@AdobeOrg", 20) };
  return call(operation, { options, force: /delete/.test(operation) && random.oneIn(2) }, styleOf(random));
}

/** A definition, whose changes have JavaScript's own oddities. */
function definitionTree(random, api) {
  const capping = () => ({
    ...CAPPING,
    services: random.pick([
      CAPPING.services, { dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 10, periodInMs: 1000 } } },
      { action: { maxHttpConnections: -1, rating: { maxCallsCount: 10, periodInMs: 1000 } }, dataSource: { rating: { maxCallsCount: 1, periodInMs: 1 } } }, {},
    ]),
    ...(random.oneIn(4) && { orgId: random.pick(["B2@AdobeOrg", null, "", 1]) }),
  });
  const base = api === "capping" ? capping() : { ...THROTTLING, ...(random.oneIn(3) && { description: "text" }) };
  const extra = () => random.choose(
    [3, () => ({ priority: 3, nested: { a: [1, null, "b"] } })],
    [2, () => ({ services: { action: { rating: { timeUnit: "s" }, more: 1 }, dataSource: { a: 1 } } })],
    [1, () => ({ url: "u", urlPattern: "u", methods: [], extra: {} })],
    [1, () => ({ services: { action: 1 } })],
    [1, () => random.pick([null, 1, "a", [], {}])],
  );
  const tree = toTree({ ...base, ...(random.oneIn(3) && { extra: extra() }) });
  return changeTree(random, random.oneIn(60) ? new Pairs([...tree.pairs, ["extra", deepTree(random, 2)]]) : tree);
}

function withOddValues(random, value) {
  if (typeof value !== "object" || value === null || random.oneIn(3)) {
    return random.pick([undefined, NaN, Infinity, -0, 1e21, 1e-7, 2 ** 53, 2 ** 63, -(2 ** 63), 1.5, () => 1, Symbol("a"), new Date(0), { toJSON: () => 7 }, { toJSON: () => undefined }, new Map(), new Number(3), Object("a"), new Uint8Array(2), [undefined, 1], Object.create({ url: "u" })]);
  }
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const names = Object.keys(copy);
  if (names.length === 0) return value;
  const name = random.pick(names);
  copy[name] = withOddValues(random, copy[name]);
  return copy;
}

function definition(random) {
  const api = random.pick(["capping", "throttling"]);
  let value = toValue(definitionTree(random, api));
  if (random.oneIn(6)) value = withOddValues(random, value);
  // Another type of argument is an error of the package alone.
  if (typeof value !== "object" || value === null || Array.isArray(value) || jsonOf(value)?.[0] !== "{") value = { ...CAPPING };
  return call(`${api}.${random.pick(["create", "update"])}`, {}, { definition: value });
}

function definitionOf(random) {
  const service = {
    uid: UID, _id: "x", state: "deployed", hasBeenDeployed: true, metadata: { createdBy: "a", createdAt: "2026" }, orgId: "A1@AdobeOrg", tenantId: "t", sandboxName: "prod", sandboxId: "s",
    authoringFormatVersion: "1.0", deployedConfig: CAPPING, priority: 3, version: "1", name: "n", description: null,
  };
  const base = random.pick([CAPPING, THROTTLING, { ...CAPPING, services: { action: { maxHttpConnections: -1, rating: { maxCallsCount: 1, periodInMs: 2, unit: "s" }, more: {} }, future: { a: 1 } } }, { ...CAPPING, ...THROTTLING }]);
  const kept = Object.entries(service).filter(() => random.oneIn(2));
  const tree = random.choose([12, () => changeTree(random, toTree({ ...base, ...Object.fromEntries(kept) }))], [1, () => anyTree(random)], [1, () => deepTree(random)]);
  const value = toValue(tree);
  return { question: { definitionOf: { config: jsonOf(value) } }, style: { value } };
}

/** The body of a success. */
function successTree(random, operation) {
  const verb = operation.split(".")[1];
  const config = () => ({ uid: random.oneIn(10) ? mutate(random, UID) : UID, state: "deployed", ...(operation.startsWith("capping") ? CAPPING : THROTTLING), ...(random.oneIn(4) && { uid: UID, more: { a: [1] } }) });
  const bodies = {
    list: () => ({ results: random.list(3, config) }),
    get: () => ({ result: config() }),
    create: () => ({ uid: UID, resStatus: "created", uri: "/a", createdElement: config() }),
    update: () => ({ uid: UID, resStatus: "updated" }),
    canDeploy: () => ({ canDeploy: random.pick([{ validationStatus: "ok" }, { validationStatus: "error", errors: [{ errorCode: 1, error: "e" }], warnings: null }, { errors: 7 }, {}]) }),
  };
  const tree = toTree((bodies[verb] ?? (() => random.pick([{}, { result: "success" }, []])))());
  return random.oneIn(30) ? new Pairs([["deep", deepTree(random, 1)], ...(tree.pairs ?? [])]) : tree;
}

function successBody(random, operation) {
  return random.choose(
    [30, () => textOf(random, successTree(random, operation))],
    [3, () => random.pick(["", " ", "\n", "null", "true", "[]", "{}", "0", '"a"', "<html>", " <html>", "\ufeff<html>", "\u00a0<html>", "\v<html>", "\f<html>", "\0<html>", "<", "{<", "success", "\ufeff", "[[]]", "undefined"])],
    [1, () => textOf(random, anyTree(random))],
    [1, () => toText(random, deepTree(random))],
  );
}

/** A body at the limits of objects and commas. */
function largeBody(random) {
  const count = random.pick([99_998, 99_999, 100_000, 100_001]);
  return random.choose(
    [1, () => `{"results":[${Array(count).fill("{}").join()}]}`],
    [1, () => `{"uid":"${UID}","a":"${"{".repeat(count)}"}`],
    [1, () => `{"uid":"${UID}","a":"${",".repeat(count * 10 + random.between(-2, 2))}"}`],
    [1, () => `{"uid":"${UID}","a":[${"0,".repeat(count * 10 - random.between(0, 4))}0]}`],
  );
}

function success(random) {
  const operation = random.pick(OPERATIONS);
  const status = random.choose([8, () => 200], [1, () => random.pick([201, 202, 204, 205, 206, 226, 299])]);
  const body = (random.oneIn(4000) ? largeBody(random) : successBody(random, operation)).toWellFormed();
  const headers = random.oneIn(3) ? { "x-request-id": requestId(random) } : {};
  return call(operation, { responses: [reply(status, headers, body)] }, styleOf(random));
}

function reply(status, headers, body) {
  return { status, headers, body: body.toWellFormed() };
}

function headerName(random) {
  return random.choose(
    [4, () => random.pick(["x-a", "X-Correlation-Id", "x-b", "user-agent", "cookie", "a!#$%&'*+-.^_`|~9"])],
    [3, () => random.pick(["authorization", "Authorization", "x-api-key", "X-API-KEY", "x-gw-ims-org-id", "x-sandbox-name", "x-request-id", "accept", "accept-encoding", "content-type", "host", "connection", "content-length", "expect", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "te\u017f", "\u212aeep-alive", "keep-al\u0130ve"])],
    [2, () => mutate(random, random.pick(["x-a", "Host", "Accept"]))],
    [1, () => text(random)],
  );
}

function headers(random) {
  const pairs = () => {
    const unique = new Map();
    for (const [name, value] of random.list(3, () => [headerName(random), random.choose([3, () => "value"], [2, () => mutate(random, "a b")], [1, () => text(random)], [1, () => random.pick(["", " ", " a ", "\t", "a\tb", "a, b", "ü", "a\r\nx: y", "a\n", "\x7f"])])])) {
      // The package joins values of one name, which the native client does not.
      unique.set(name.toLowerCase(), [name, value]);
    }
    return [...unique.values()];
  };
  const [client, own] = [random.oneIn(3) ? pairs() : [], random.oneIn(3) ? [] : pairs()];
  return call(random.pick(OPERATIONS), { options: { ...WITH_TOKEN, headers: client }, headers: own }, styleOf(random));
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A date in one of the three formats, sometimes one that does not exist. */
function httpDate(random, now) {
  const year = random.choose([4, () => new Date(now).getUTCFullYear()], [2, () => random.pick([1969, 1970, 1999, 2000, 2069, 2070, 2038, 2100, 2400, 9999, 0])], [1, () => random.int(10_000)]);
  const date = random.oneIn(2) ? new Date(now + random.pick([-1, 0, 1, 59, 60, 61, 3600, 86_400, 31_536_000]) * 1000) : new Date(Date.UTC(year, random.int(12), random.between(1, 31), random.int(24), random.int(60), random.int(60)));
  const two = (number) => String(number).padStart(2, "0");
  const shift = (number, rate = 60) => (random.oneIn(rate) ? number + random.pick([-1, 1, 30]) : number);
  const day = DAYS[(date.getUTCDay() + (random.oneIn(20) ? 1 : 0)) % 7];
  const [month, fullYear, dayOfMonth] = [MONTHS[date.getUTCMonth()], String(date.getUTCFullYear()).padStart(4, "0"), shift(date.getUTCDate())];
  const time = [shift(date.getUTCHours()), shift(date.getUTCMinutes()), shift(date.getUTCSeconds())].map(two).join(":");
  const formatted = random.choose(
    [3, () => `${day.slice(0, 3)}, ${two(dayOfMonth)} ${month} ${fullYear} ${time} GMT`],
    [2, () => `${day}, ${two(dayOfMonth)}-${month}-${fullYear.slice(-2)} ${time} GMT`],
    [2, () => `${day.slice(0, 3)} ${month} ${String(dayOfMonth).padStart(2)} ${time} ${fullYear}`],
    [1, () => date.toISOString()],
    [1, () => date.toString()],
  );
  return random.oneIn(5) ? mutate(random, formatted) : formatted;
}

function retryAfterValue(random, now) {
  return random.choose(
    [3, () => random.pick(["0", "1", "7", " 7 ", "007", "59", "60", "61", "3600", "31536000", "31536001", "4294967295", "4294967296", "9007199254740993", "18446744073709551615", "18446744073709551616", "99999999999999999999999", "-1", "+1", "1.5", "1e3", "", " ", "1,2", "1 s", "٣", "0x10", "Infinity", "NaN", "\u30001", "1\u00a0", "\ufeff1"])],
    [5, () => httpDate(random, now)],
    [1, () => String(random.int(100_000))],
    [1, () => text(random)],
  );
}

function requestId(random) {
  return random.choose([3, () => "rid-7"], [1, () => UID], [1, () => text(random)], [1, () => `id ${TOKEN}`], [1, () => "x".repeat(random.between(498, 503))]);
}

const STATUSES = [300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 412, 413, 421, 422, 425, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 511, 520, 529, 598, 599];
const CODES = ["1451", "1456", "1457", "1460", "1461", "1463", "1465", "14466", "14467", "14468", "4000", "400003", "401013", "403000", "403003", "403010", "403025", "403027", "429050", "503000", "ERR_ENDPOINTCONFIG_101", "ERR_X", "err_x", "9999"];

function errorTree(random) {
  const code = () => (random.oneIn(2) ? random.pick(CODES) : new Digits(random.pick(CODES).replace(/\D/g, "") || "1"));
  const message = () => random.choose([4, () => "the url is malformed"], [2, () => text(random)], [1, () => `echo Bearer ${TOKEN} !`], [1, () => "é".repeat(random.between(498, 503))]);
  const inner = () => ({ code: code(), family: random.pick(["INPUT_OUTPUT_ERROR", "INTERNAL_ERROR", "internal_error", 7]), message: message() });
  return toTree(
    random.choose(
      [4, () => ({ status: 400, requestId: requestId(random), error: inner() })],
      [4, () => ({ status: 500, requestId: "rid-8", error: toText(random, random.oneIn(3) ? changeTree(random, toTree(inner())) : toTree(inner())) })],
      [1, () => ({ error: random.oneIn(2) ? message() : brokenText(random, toTree(inner())) })],
      [4, () => ({ error_code: code(), message: message() })],
      [3, () => ({ type: random.pick(["http://ns.adobe.com/aep/errors/EXEG-0500-504", "about:blank", "urn:a:b", "", "/", "a/"]), title: message(), detail: message(), "error-chain": [{ errorCode: code() }], report: {} })],
      [2, () => ({ message: message(), code: code() })],
      [1, () => inner()],
      [1, () => ({ request_id: requestId(random), requestId: random.pick([null, 1, "", "r"]), error_code: code() })],
    ),
  );
}

function errorBody(random) {
  return random.choose(
    [16, () => textOf(random, errorTree(random))],
    [3, () => random.pick(["", " ", "\n", "<html>", " <html><h1>502 Bad Gateway</h1>", "\ufeff<a>", "\u00a0<a>", "\v<a>", "\f<a>", "Not Found", "null", "{}", " { } ", "[]", "0", '""', '"a"', '{"error":null}', '{"error":{}}', '{"error":""}', '{"error":"{}"}', '{"error":"[]"}', '{"message":""}', '{"message":null}', '{"message":" \\u0000 "}', '{"code":-5}'])],
    [1, () => textOf(random, anyTree(random))],
    [1, () => toText(random, deepTree(random))],
    [1, () => random.pick(["a", "é", "😀", "\\", "\ufeff"]).repeat(random.between(16 * 1024 / 4 - 2, 16 * 1024 + 3))],
    [1, () => `${"x".repeat(16 * 1024 - random.between(0, 30))}${TOKEN}${random.pick(["", "é", "😀"])}`],
  );
}

function hugeBody(random) {
  const length = 1024 * 1024 + random.between(-2, 2);
  return random.oneIn(2) ? "x".repeat(length) : `{"message":"${"é".repeat((length - 14) >> 1)}"}`;
}

function errorReply(random, now) {
  const status = random.choose([8, () => random.pick(STATUSES)], [1, () => random.between(300, 599)], [1, () => random.pick([100, 101, 102, 103, 199, 600, 700, 999])]);
  const headers = {
    ...(random.oneIn(2) && { "x-request-id": requestId(random) }),
    ...(random.oneIn(3) && { "retry-after": retryAfterValue(random, now) }),
  };
  return reply(status, wellFormed(headers), random.oneIn(2000) ? hugeBody(random) : errorBody(random));
}

function error(random) {
  const now = NOW + random.int(1000);
  const response = errorReply(random, now);
  return call(random.pick(OPERATIONS), { now, responses: [response] }, styleOf(random));
}

function retryAfter(random) {
  const now = random.choose([3, () => NOW + random.int(86_400_000)], [1, () => random.pick([1, 784_111_777_000, 951_782_400_000, 4_102_444_800_000, 253_402_300_799_000])]);
  const response = reply(random.pick([429, 503, 500, 400, 404, 301]), wellFormed({ "retry-after": retryAfterValue(random, now) }), random.pick(["", '{"error_code":"429050","message":"m"}']));
  return call(random.pick(OPERATIONS), { now, responses: [response] }, styleOf(random));
}

function connection(random) {
  const problem = { problem: random.pick(["connect", "certificate", "disconnected"]), body: random.pick(["other side closed", "x", "connect ECONNREFUSED 127.0.0.1:1"]) };
  const isTokenRequest = random.oneIn(2);
  const changes = isTokenRequest ? { options: WITH_SECRET, tokenResponses: [problem] } : { responses: [problem] };
  return call(random.pick(OPERATIONS), changes, styleOf(random));
}

function tokenTree(random) {
  const lifetime = random.choose([2, () => 86_399], [2, () => new Digits(random.pick(["1", "0", "-1", "1000000", "1000001", "999", "2678400000", "2678400001", "18446744073709551615", "18446744073709551616", "9007199254740993", "1.5", "1e3", "86399.0"]))], [2, () => random.pick(["3600", " 3600 ", "\u30003600", "+3600", "-1", "soon", "1e3", "", "3600\n"])]);
  const errors = ["invalid_client", "unauthorized_client", "invalid_scope", "internal_error", "invalid_request", "Forbidden", "a_b"];
  return toTree(
    random.choose(
      [3, () => ({ access_token: random.choose([3, () => "token-1"], [1, () => mutate(random, "eyJ.a-b_c")], [1, () => text(random)]), token_type: "bearer", expires_in: lifetime })],
      [2, () => ({ token_type: "bearer", access_token: "eyJ.a-b_c", expires_in: 86_399 })],
      [3, () => ({ error: random.oneIn(5) ? mutate(random, random.pick(errors)) : random.pick(errors), error_description: random.choose([2, () => "invalid client_secret parameter"], [1, () => `got ${SECRET}`], [1, () => text(random)], [1, () => "invalid client_id parameter"], [1, () => "é".repeat(random.between(298, 302))]) })],
      [1, () => ({ message: "no Route matched" })],
    ),
  );
}

function tokenReply(random, now) {
  const body = random.choose(
    [12, () => textOf(random, tokenTree(random))],
    [1, () => errorBody(random)],
    [1, () => random.pick(["", " ", "<html>", "\ufeff<a>", "null", "[]", "{}", "x"])],
    [0.25 * 4, () => (random.oneIn(30) ? `{"access_token":"token-1","expires_in":3600,"a":"${"x".repeat(64 * 1024 - 49 + random.between(-3, 3))}"}` : "{}")],
  );
  const status = random.choose([4, () => 200], [2, () => random.pick([201, 204, 299, 300, 302, 304])], [4, () => random.pick([400, 401, 403, 404, 405, 407, 429, 451, 500, 502, 503, 599])]);
  const headers = { ...(random.oneIn(3) && { "x-debug-id": random.oneIn(3) ? `d ${SECRET}` : text(random) }), ...(random.oneIn(3) && { "retry-after": retryAfterValue(random, now) }) };
  return reply(status, wellFormed(headers), body);
}

function token(random) {
  const response = tokenReply(random, NOW);
  const options = { ...WITH_SECRET, ...(random.oneIn(2) && { tokenStore: true }), ...(random.oneIn(4) && { clientSecrets: [SECRET, "second-secret"] }) };
  const tokenResponses = options.clientSecrets.length > 1 ? [response, tokenReply(random, NOW), tokenReply(random, NOW)] : [response];
  return call(random.pick(OPERATIONS), { options, tokenResponses }, { ...styleOf(random), isRealResponse: false });
}

function store(random) {
  const issued = NOW + random.pick([-86_400_000, -3_600_000, -1000, 0, 1000, 299_999, 300_000, 300_001]);
  const entry = { version: random.oneIn(8) ? random.pick([0, 2, "1", 1.5]) : 1, accessToken: random.oneIn(4) ? text(random) : "stored-token", issuedAtMillis: issued, expiresAtMillis: issued + random.pick([0, 1, 60_000, 299_000, 3_600_000, 86_399_000, 2_678_400_000, 2_678_400_001]) };
  const stored = random.choose([12, () => textOf(random, toTree(entry))], [1, () => text(random)], [1, () => ""]).toWellFormed();
  const tokenResponses = [reply(200, {}, '{"access_token":"token-1","expires_in":3600}')];
  return call(random.pick(OPERATIONS), { options: { ...WITH_SECRET, tokenStore: true }, stored, tokenResponses });
}

/** The values of one credential. */
function credential(random) {
  if (random.oneIn(2)) return { id: "client-1", secrets: [SECRET], org: "A1@AdobeOrg", scopes: ["openid", "AdobeID"], name: random.pick(["events", "moved", "old"]) };
  return {
    id: mostly(random, "client-1", 12),
    secrets: random.choose([3, () => [SECRET]], [1, () => [SECRET, "second-secret"]], [1, () => random.list(3, () => mostly(random, SECRET))], [1, () => [random.pick(['"SEC"', "${SEC}", "%SEC%", "<sec>", "[SEC]", '["a","b"]', "a, b", "a b", "é", "a\u200b", "{}", "`a`"])]]),
    org: mostly(random, "A1@AdobeOrg", 12),
    scopes: random.choose([3, () => ["openid", "AdobeID"]], [2, () => random.list(3, () => mostly(random, "openid"))], [1, () => [random.pick(["openid, AdobeID", "openid AdobeID", "openid;AdobeID", "[openid]", " ", ",", "openid%2CAdobeID"])]]),
    name: random.oneIn(4) ? text(random) : random.pick(["events", "moved", "old", "", "events "]),
  };
}

/** A credential file in one of the formats. */
function credentialTree(random) {
  const one = () => credential(random);
  const name = (...names) => {
    const chosen = random.pick(names);
    return random.choose([4, () => chosen], [1, () => chosen.toLowerCase()], [1, () => chosen.replaceAll("_", "-")], [1, () => chosen.replaceAll("_", "")], [1, () => `AJO_${chosen}`], [1, () => `ims_oauth_s2s_${chosen}`]);
  };
  const textOrList = (list) => (random.oneIn(2) ? list : list.join(random.pick([",", ", ", " "])));
  const fields = () => {
    const { id, secrets, org, scopes } = one();
    return {
      [name("CLIENT_ID", "API_KEY")]: id,
      [name("CLIENT_SECRETS", "CLIENT_SECRET", "SECRET")]: textOrList(secrets),
      [name("ORG_ID", "IMS_ORG_ID", "IMS_ORG")]: org,
      ...(!random.oneIn(8) && { [name("SCOPES", "SCOPE")]: textOrList(scopes) }),
      ...(random.oneIn(8) && { [name("PRIVATE_KEY", "METASCOPES", "PATH_TO_KEY")]: "k" }),
      ...(random.oneIn(4) && { TECHNICAL_ACCOUNT_ID: "t", [name("CLIENT_ID", "API_KEY")]: random.pick(["", null, "other"]) }),
    };
  };
  const project = () => ({
    project: {
      name: "p",
      org: { id: "1", ims_org_id: mostly(random, "A1@AdobeOrg", 12) },
      workspace: {
        details: {
          credentials: random.list(3, () => {
            const { id, secrets, scopes, name } = one();
            const oauth = { client_id: id, client_secrets: secrets, scopes, technical_account_id: "t" };
            return {
              ...(!random.oneIn(6) && { name }),
              integration_type: random.pick(["oauth_server_to_server", "oauth_server_to_server", "oauth_server_to_server_migrate", "service", "x"]),
              ...(!random.oneIn(8) && { oauth_server_to_server: oauth }),
              ...(random.oneIn(4) && { jwt: { client_id: "j" } }),
            };
          }),
        },
      },
    },
  });
  const postman = () => {
    const { id, secrets, org, scopes, name: label } = one();
    const entries = [[name("API_KEY", "CLIENT_ID"), id], [name("CLIENT_SECRET"), textOrList(secrets)], [name("IMS_ORG", "ORG_ID"), org], [name("SCOPES"), textOrList(scopes)], ["ACCESS_TOKEN", ""]];
    return { name: label, values: entries.flatMap(([key, value]) => [...(random.oneIn(6) ? [{ key, value: "old", enabled: random.oneIn(2) }] : []), { key, value, ...(random.oneIn(2) && { enabled: true, type: "secret" }) }]) };
  };
  const contexts = () => ({ ims: { contexts: { ...Object.fromEntries(random.list(3, () => [one().name, fields()])), [random.pick(["$cli", "current"])]: random.pick(["my_context", {}, null]) } } });
  return toTree(random.choose([3, fields], [3, project], [3, postman], [2, contexts]));
}

function credentials(random) {
  const tree = changeTree(random, credentialTree(random), random.pick([0, 0, 0, 1, 2]));
  const isObject = tree instanceof Pairs && random.oneIn(2);
  const value = isObject ? toValue(tree) : undefined;
  const file = isObject ? jsonOf(value) : random.oneIn(12) ? random.pick(["CLIENT_ID=a\nCLIENT_SECRET=b", "", "-----BEGIN PRIVATE KEY-----", "{", "\ufeff{}", "[]"]) : textOf(random, tree);
  const credentialName = random.oneIn(2) ? random.choose([3, () => random.pick(["events", "moved", "old", "client-1", " events "])], [1, () => text(random)]) : undefined;
  const { sandbox, baseUrl } = IDENTITY;
  const options = { credentials: file.toWellFormed(), credentialName, sandbox, baseUrl, imsUrl: "https://ims.test", ...(random.oneIn(3) && { tokenStore: true }) };
  return call("capping.list", { options, tokenResponses: [reply(200, {}, '{"access_token":"token-1","expires_in":3600}')] }, { credentials: value });
}

function options(random) {
  const { id, secrets, org, scopes } = credential(random);
  const imsUrl = random.oneIn(3) ? url(random) : "https://ims.test";
  const changes = {
    options: { ...IDENTITY, clientId: id, orgId: org, clientSecrets: secrets, scopes: scopes.map((scope) => `${scope},`).join(""), imsUrl, tokenStore: random.oneIn(3) },
    tokenResponses: [reply(200, {}, '{"access_token":"token-1","expires_in":3600}')],
  };
  return call("capping.list", changes, { ...styleOf(random), scopes });
}

function accessToken(random) {
  const value = random.choose([2, () => TOKEN], [4, () => mutate(random, "eyJ.a-b_c")], [2, () => text(random)], [2, () => random.pick(["Bearer ", "bearer\t", "BEARER\u3000", "Bearer", " "]) + text(random)], [1, () => random.pick(["Bearer", "bearer ", "", " ", "Basic a", "Bearer Bearer a", "${TOKEN}", '"eyJ"'])]);
  return call(random.pick(OPERATIONS), { options: { ...IDENTITY, accessToken: value, hasTokenFunction: random.oneIn(2) } });
}

function validate(random) {
  const api = random.pick(["capping", "throttling"]);
  const patterns = ["https://api.example.org/*", "*", "https://*.example.org/*", "http://a.example:8080/", "https://10.0.0.1/*", "https://a.adobe.io/", "https://a.example/{id}/*", "https://a.example/a?b=*", "a.example", "https://", "https://a.example/**", "ftp://a", "https://a b/"];
  const pattern = () => (random.oneIn(3) ? mutate(random, random.pick(patterns)) : random.oneIn(3) ? url(random) : random.pick(patterns));
  const methods = () => random.list(3, () => (random.oneIn(6) ? text(random) : random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTION", "OPTIONS", "HEAD", "get", "*"])));
  const number = () => new Digits(random.pick(["0", "1", "-1", "10", "15", "16", "200", "400", "4999", "5000", "5001", "1000", "999", "60000", "100000000", "9007199254740992", "9223372036854775807", "9223372036854775808", "1.5", "1e3"]));
  const limit = () => ({ ...(random.oneIn(2) && { maxHttpConnections: number() }), rating: { maxCallsCount: number(), periodInMs: number() } });
  const definition = api === "capping"
    ? { url: pattern(), methods: methods(), services: { ...(random.oneIn(2) && { action: limit() }), ...(random.oneIn(2) && { dataSource: limit() }), ...(random.oneIn(10) && { [text(random)]: limit() }) }, ...(random.oneIn(4) && { orgId: text(random) }) }
    : { urlPattern: pattern(), methods: methods(), maxThroughput: number(), ...(random.oneIn(2) && { name: text(random), description: text(random) }) };
  const tree = random.choose([20, () => changeTree(random, toTree({ ...definition, ...(random.oneIn(6) && { extra: anyTree(random, 2) }) }))], [1, () => anyTree(random)], [1, () => deepTree(random)]);
  const value = toValue(tree);
  return { question: { validate: { api, definition: jsonOf(value ?? null) } }, style: { value } };
}

/** Calls with retries, 401 replays, and lost responses. */
function sequence(random) {
  const maxAttempts = random.between(1, 4);
  const hasToken = random.oneIn(2);
  const service = () => random.choose(
    [3, () => reply(200, {}, random.oneIn(6) ? "" : SUCCESS_BODY)],
    [2, () => reply(random.pick([500, 502, 503, 504, 429, 408, 425]), random.oneIn(2) ? { "retry-after": random.pick(["0", "1", "2", "3600"]) } : {}, random.pick(["", '{"error_code":"429050","message":"m"}', '{"error":{"code":1460,"message":"m","family":"INPUT_OUTPUT_ERROR"}}']))],
    [2, () => reply(401, {}, '{"error_code":"401013","message":"Oauth token is not valid"}')],
    [2, () => reply(random.pick([404, 400, 500]), {}, random.pick(['{"error":{"code":14468}}', '{"error":{"code":"14466"}}', '{"error":{"code":1451,"message":"m"}}', '{"error":{"code":14467}}', '{"message":"not found"}', ""]))],
    [2, () => ({ problem: random.pick(["connect", "disconnected", "certificate"]), body: "x" })],
  );
  const tokenResponse = (number) => random.choose(
    [8, () => reply(200, {}, `{"access_token":"token-${number}","expires_in":3600}`)],
    [1, () => reply(random.pick([400, 401, 429, 500, 503]), random.oneIn(2) ? { "retry-after": "1" } : {}, random.pick(["", '{"error":"invalid_client"}']))],
    [1, () => ({ problem: random.pick(["connect", "disconnected"]), body: "x" })],
  );
  const responses = Array.from({ length: 8 }, service);
  const changes = { maxAttempts, responses, options: hasToken ? WITH_TOKEN : WITH_SECRET, ...(!hasToken && { tokenResponses: [1, 2, 3, 4, 5, 6, 7, 8].map(tokenResponse) }) };
  return call(random.pick(OPERATIONS), changes, { ...styleOf(random), isRealResponse: false });
}

const API_PATHS = ["/", "/ajo/journey", "/a//b", "/data/foundation/sandbox-management/", "/a%20b/...", "/a@b:1", "", "ajo", "//evil.example/x", "/..", "/a/%2E%2e/b", "/a?b", "/a#b", "/a\\b", "/ä", "/a b"];

/** `client.request`. */
function anyRequest(random) {
  const path = random.choose([6, () => random.pick(["/ajo/journey", "/a/b.c", "/"])], [2, () => random.pick(API_PATHS)], [1, () => mutate(random, "/ajo/journey/1")], [1, () => `/${text(random)}`]);
  const value = () => random.choose([3, () => text(random)], [1, () => random.pick([0, -0, 1.5, 1e21, true, false, ""])], [1, () => random.list(3, () => text(random))], [1, () => undefined]);
  const query = Object.fromEntries(random.list(3, () => [text(random), value()]));
  const pairs = Object.entries(query).flatMap(([name, values]) => [values].flat().flatMap((it) => (it === undefined ? [] : [[name, String(it)]])));
  const json = () => random.choose([6, () => textOf(random, anyTree(random))], [2, () => textOf(random, deepTree(random))], [1, () => brokenText(random, anyTree(random))], [1, () => random.pick(["", " ", "<a>", " \n<", "\ufeff<", "{", "1 2", "nul", "\"\\ud800\"", "\u00a0{}"])]);
  const now = NOW + random.int(1000);
  const success = () => reply(random.pick([200, 201, 202, 206]), wellFormed({ ...(random.oneIn(2) && { "x-request-id": requestId(random) }) }), json());
  const response = random.choose([4, success], [6, () => errorReply(random, now)], [1, () => ({ problem: random.pick(["connect", "certificate", "disconnected"]), body: "other side closed" })]);
  const method = random.pick(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]);
  return { question: { request: { now, token: TOKEN, origin: "https://platform.test", method, path, query: pairs, response } }, style: { ...styleOf(random), query } };
}

/** `setRating`: which calls it makes for a configuration, and for what it reads back. */
function setRating(random) {
  const numbers = () => ({ maxCallsCount: random.pick([500, 500, 600, 0]), periodInMs: random.pick([1000, 1000, 2000]) });
  // The same in all limits: the command ignores unknown fields of a limit when it compares definitions, and `redeploy` does not.
  const [unit, more] = [random.oneIn(6) && { unit: "s" }, random.oneIn(6) && { more: 1 }];
  const limit = () => ({ ...(random.oneIn(2) && { maxHttpConnections: random.pick([50, -1]) }), rating: { ...numbers(), ...unit }, ...more });
  const services = () => random.choose([3, () => ({ action: limit() })], [2, () => ({ dataSource: limit() })], [2, () => ({ action: limit(), dataSource: limit() })], [1, () => ({})]);
  const definition = () => ({ url: CAPPING.url, methods: random.pick([["GET"], ["GET", "POST"], ["POST", "GET"]]), services: services(), ...(random.oneIn(6) && { priority: random.int(2) }) });
  const config = () => {
    const saved = definition();
    const deployed = random.choose([2, () => undefined], [1, () => null], [4, () => saved], [2, () => ({ ...saved, methods: [...saved.methods].reverse() })], [2, () => ({ ...saved, services: { ...saved.services, action: limit() } })], [1, definition]);
    return {
      uid: UID,
      ...saved,
      ...(random.oneIn(4) || { state: random.pick(["deployed", "deployed", "updated", "created", "undeployed", "other"]) }),
      ...(random.oneIn(3) && { hasBeenDeployed: random.oneIn(4) ? null : random.oneIn(2) }),
      ...(deployed !== undefined && { deployedConfig: deployed && { ...deployed, ...(random.oneIn(4) && { uid: UID, state: "deployed" }) } }),
    };
  };
  const refused = { validationStatus: "error", errors: [{ errorCode: "1", error: "e" }] };
  // A body that any call of the sequence can read.
  const any = () => reply(200, {}, JSON.stringify({ uid: UID, resStatus: "updated", result: config(), canDeploy: random.oneIn(4) ? refused : { validationStatus: "ok" } }));
  const responses = Array.from({ length: 9 }, () => (random.oneIn(12) ? random.pick([reply(500, {}, ""), reply(400, {}, '{"error":{"code":"1451"}}')]) : any()));
  const rating = { ...(random.oneIn(2) && { service: random.pick(["action", "dataSource"]) }), ...numbers() };
  const { question } = call("capping.get", { responses, rating });
  return { question, style: {} };
}

const ALLOWED_HOSTS = ["api.example", "localhost:3000"];
const URL_PARTS = [
  "https://", "http://", "HTTPS://", "https:", "//", "/", "\\", "?", "#", "@", ":", ":443", ":444", ":80", ".", "%2e", "\t", "\n", " ", "\0", "platform.adobe.io", "cjm.adobe.io", "adobe.io", "PLATFORM.adobe.io", "evil.example",
  "localhost:3000", "localhost", "api.example", "platform", "a", "1", "u:p@", "。", "ａ", "а", "\u00ad", "\u200b", "\ufeff", "\ud800", "ß", "xn--", "..", ";", "[::1]", "127.0.0.1",
];

/** The URLs to which `auth.fetch` sends the token. */
function authUrl(random) {
  const baseUrl = random.pick([BASE_URL, "http://localhost:8080/base", "https://gateway.example:8443"]);
  const origins = ["https://platform.adobe.io", "https://cjm.adobe.io", new URL(baseUrl).origin, "https://api.example", "https://localhost:3000", "http://localhost:3000", "http://api.example"];
  const whole = random.choose(
    [6, () => random.pick(origins) + random.pick(["", "/"]) + random.list(5, () => random.pick(URL_PARTS)).join("")],
    [2, () => random.pick(origins) + random.pick(PATHS)],
    [2, () => url(random)],
    [2, () => mutate(random, `${random.pick(origins)}/a/b?c=d`)],
    [1, () => random.pick(URL_PARTS) + random.list(5, () => random.pick(URL_PARTS)).join("")],
  );
  const normalized = random.oneIn(2) && URL.canParse(whole) ? new URL(whole).href : whole;
  return { question: { authUrl: { url: normalized, baseUrl, allowedHosts: ALLOWED_HOSTS } }, style: {} };
}

/** `AjoClient.fromEnv`. The older variables of Adobe's CLI and other formats than JSON are native only. */
function env(random) {
  const { question } = credentials(random);
  const file = question.call.options.credentials;
  const isFile = random.oneIn(2) && /^\s*\{/.test(file);
  const padded = (value) => random.choose([6, () => value], [1, () => ` ${value}\n`], [1, () => ""], [1, () => text(random)]);
  const value = { CLIENT_ID: "client-1", CLIENT_SECRET: SECRET, ORG_ID: "A1@AdobeOrg", SCOPES: random.pick(["openid,AdobeID", "openid AdobeID", '["openid"]', ","]) };
  const variables = { AJO_SANDBOX: random.oneIn(10) ? text(random) : "prod", AJO_BASE_URL: random.oneIn(5) ? url(random) : BASE_URL, ...(random.oneIn(2) && { AJO_IMS_URL: random.oneIn(4) ? url(random) : "https://ims.test" }) };
  for (const [name, plain] of Object.entries(value)) {
    const prefix = random.choose([4, () => "AJO_"], [2, () => "IMS_OAUTH_S2S_"], [isFile ? 6 : 1, () => undefined]);
    if (prefix !== undefined) variables[prefix + name] = padded(plain);
    if (random.oneIn(8)) variables[`IMS_OAUTH_S2S_${name}`] = padded(plain);
  }
  if (isFile) {
    variables.AJO_CREDENTIALS = random.choose([3, () => file], [1, () => Buffer.from(file).toString("base64")], [1, () => `\ufeff ${file}`]);
    const { credentialName } = question.call.options;
    if (credentialName !== undefined) variables.AJO_CREDENTIAL_NAME = credentialName;
  } else if (random.oneIn(4)) {
    variables.AJO_ACCESS_TOKEN = padded(TOKEN);
  }
  return call("capping.list", { options: { variables: wellFormed(variables) }, tokenResponses: [reply(200, {}, '{"access_token":"token-1","expires_in":3600}')] });
}

/** Name, weight, and generator of each property. */
export const PROPERTIES = [
  ["uid", 4, uid],
  ["request", 6, request],
  ["definition", 8, definition],
  ["definitionOf", 6, definitionOf],
  ["success", 12, success],
  ["headers", 6, headers],
  ["retryAfter", 8, retryAfter],
  ["error", 14, error],
  ["connection", 1, connection],
  ["token", 8, token],
  ["store", 4, store],
  ["credentials", 8, credentials],
  ["options", 6, options],
  ["accessToken", 3, accessToken],
  ["validate", 8, validate],
  ["sequence", 6, sequence],
  ["setRating", 6, setRating],
  ["anyRequest", 8, anyRequest],
  ["authUrl", 4, authUrl],
  ["env", 6, env],
];
