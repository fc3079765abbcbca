// Compares the answers of the npm package and the oracle to one question.
import { inspect } from "node:util";
import { wellFormed } from "./random.mjs";

const UNKNOWN_FIELD_HINT = "Convert a configuration with `definitionOf` first. Put fields that this version does not know into `extra`.";

/** A description of the difference, or `undefined`. Counts accepted and rejected inputs in `outcomes`. */
export async function compare(question, style, tested, oracle, outcomes) {
  let [actual, expected] = [];
  try {
    actual = await tested.ask(question, style);
    // The package replaces lone surrogates, which native strings cannot have.
    expected = question.authUrl === undefined ? oracle(wellFormed(forOracle(question, actual))) : isAllowed(question.authUrl);
  } catch (error) {
    return `${error.stack}\nquestion: ${shown(question)}\nstyle: ${shown(style)}`;
  }
  // A text that is not normalized may be refused.
  if (question.authUrl !== undefined) expected ??= actual;
  outcomes[isRejected(expected) ? "rejected" : "accepted"] += 1;
  const wanted = question.call === undefined || question.call.rating !== undefined ? wantedValue(expected) : wantedAnswer(expected, actual);
  const given = question.call?.rating !== undefined ? { sent: actual.sent, problem: actual.problem } : question.call !== undefined ? givenAnswer(actual, wanted) : question.request !== undefined ? givenRequest(actual, wanted) : actual;
  const difference = firstDifference(given, wanted);
  return difference && `${difference}\nquestion: ${shown(question)}\nstyle: ${shown(style)}`;
}

function forOracle(question, actual) {
  if (question.call !== undefined) return { call: callForOracle(question.call, actual) };
  return question.request === undefined ? question : { request: { ...question.request, requestId: only(actual.requestIds) } };
}

function callForOracle(call, { requestIds }) {
  const options = { ...call.options, headers: withLowerCase(call.options.headers) };
  return { ...call, options, headers: withLowerCase(call.headers), requestId: only(requestIds) };
}

/** Whether a URL must be allowed; `undefined` if it may be refused. By the platform's own parser. */
function isAllowed({ url, baseUrl, allowedHosts }) {
  if (!URL.canParse(url)) return undefined;
  const { origin, username, password, href } = new URL(url);
  const loopback = allowedHosts.filter((host) => /^localhost(:|$)/.test(host)).map((host) => `http://${host}`);
  const origins = ["https://platform.adobe.io", "https://cjm.adobe.io", new URL(baseUrl).origin, ...allowedHosts.map((host) => `https://${host}`), ...loopback];
  if (!origins.includes(origin) || username !== "" || password !== "") return false;
  return href === url && !url.includes("\\") ? true : undefined;
}

function isRejected(expected) {
  if (typeof expected === "boolean") return !expected;
  if (Array.isArray(expected)) return expected.some(({ severity }) => severity === "error");
  return expected === null || expected.opened?.class !== undefined || expected.error !== undefined || (expected.problem ?? null) !== null;
}

/** The package joins and names headers by their lower-case names. */
function withLowerCase(headers) {
  return headers?.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), value]);
}

/** The id of all requests of a call. */
function only(ids) {
  if (ids === undefined || ids.size === 0) return undefined;
  return ids.size === 1 ? [...ids][0] : "the requests of a call have several ids";
}

/** `definitionOf` returns JSON or null, `validate` a list. */
function wantedValue(expected) {
  return typeof expected === "string" ? JSON.parse(expected) : expected;
}

function wantedAnswer(expected, { bodies, error }) {
  // HTTP trims header values, and so do the objects of the platform.
  for (const { headers = {} } of expected.sent ?? []) for (const name in headers) headers[name] = headers[name].replace(/^[ \t]+|[ \t]+$/g, "");
  if (expected.hasValue === undefined) return withOwnHint(withoutPosition(expected));
  const { sent, hasValue, envelope, uids } = expected;
  if (error !== undefined) return { sent, error: "none" };
  if (!hasValue) return { sent, value: undefined, uids };
  const body = JSON.parse(bodies.at(-1));
  const value = envelope === null ? body : body[envelope];
  // The package adds the lists that the service omits if they are empty.
  return { sent, value: envelope === "canDeploy" ? { ...value, errors: value.errors ?? [], warnings: value.warnings ?? [] } : value, uids };
}

/** The package does not say where the body of a success is no JSON. */
function withoutPosition({ error, ...rest }) {
  if (error?.code !== "DECODE") return { ...rest, error };
  return { ...rest, error: { ...error, message: error.message.replace(/it is not JSON \(line \d+, column \d+\)/, "it is not JSON") } };
}

/** Only the package has `definitionOf`, so only it suggests that. */
function withOwnHint({ error, ...rest }) {
  const isUnknownField = error?.code === "BUILD_REQUEST" && error.message.includes("unknown field");
  return { ...rest, error: isUnknownField ? { ...error, hint: UNKNOWN_FIELD_HINT } : error };
}

function givenAnswer({ opened, sent, value, error }, wanted) {
  if (opened !== undefined) return { opened: opened === true || picked(opened, wanted.opened) };
  if (error !== undefined) return { sent, error: picked(error, wanted.error) };
  const uids = wanted.uids?.length > 0 ? [value].flat().map((it) => it?.uid).filter((uid) => typeof uid === "string") : [];
  return { sent, value, uids };
}

function givenRequest({ sent, error }, wanted) {
  return { sent, ...(error && { error: picked(error, wanted.error) }) };
}

/** The fields of an error that the oracle knows: an error of an argument has fewer. */
function picked(error, wanted) {
  if (typeof wanted !== "object") return error;
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, error[name] ?? null]));
}

/** The path and the values of the first difference. Object keys have no order; `undefined` fields are absent. */
function firstDifference(given, wanted, where = "") {
  if (Object.is(given, wanted) || (given === undefined && wanted === undefined)) return undefined;
  const isObject = (value) => typeof value === "object" && value !== null;
  if (!isObject(given) || !isObject(wanted) || Array.isArray(given) !== Array.isArray(wanted)) {
    return `${where || "/"}\n  npm:    ${shown(given)}\n  native: ${shown(wanted)}`;
  }
  for (const name of new Set([...Object.keys(given), ...Object.keys(wanted)])) {
    const difference = firstDifference(given[name], wanted[name], `${where}/${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function shown(value) {
  return inspect(value, { depth: 12, breakLength: 160, maxStringLength: 1500, maxArrayLength: 60 });
}
