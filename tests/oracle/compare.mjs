// Compares the answers of the npm package and the oracle to one question.
import { inspect } from "node:util";
import { wellFormed } from "./random.mjs";

/** A description of the difference, or `undefined`. Counts accepted and rejected inputs in `outcomes`. */
export async function compare(question, style, tested, oracle, outcomes) {
  let [actual, expected] = [];
  try {
    actual = await tested.ask(question, style);
    const asked = question.call === undefined ? question : { call: forOracle(question.call, actual) };
    // The package replaces lone surrogates, which native strings cannot have.
    expected = oracle(wellFormed(asked));
  } catch (error) {
    return `${error.stack}\nquestion: ${shown(question)}\nstyle: ${shown(style)}`;
  }
  outcomes[isRejected(expected) ? "rejected" : "accepted"] += 1;
  const wanted = question.call === undefined ? wantedValue(expected) : wantedAnswer(expected, actual);
  const given = question.call === undefined ? actual : givenAnswer(actual, wanted);
  const difference = firstDifference(given, wanted);
  return difference && `${difference}\nquestion: ${shown(question)}\nstyle: ${shown(style)}`;
}

function forOracle(call, { requestIds }) {
  const options = { ...call.options, headers: withLowerCase(call.options.headers) };
  return { ...call, options, headers: withLowerCase(call.headers), requestId: only(requestIds) };
}

function isRejected(expected) {
  if (Array.isArray(expected)) return expected.some(({ severity }) => severity === "error");
  return expected === null || expected.opened?.class !== undefined || expected.error !== undefined;
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
  if (expected.hasValue === undefined) return withoutPosition(expected);
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

function givenAnswer({ opened, sent, value, error }, wanted) {
  if (opened !== undefined) return { opened: opened === true || picked(opened, wanted.opened) };
  if (error !== undefined) return { sent, error: picked(error, wanted.error) };
  const uids = wanted.uids?.length > 0 ? [value].flat().map((it) => it?.uid).filter((uid) => typeof uid === "string") : [];
  return { sent, value, uids };
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
