import type { OperationRow } from "./generated/operations.js";
import * as wasm from "./wasm-instance.js";

/** The value of a success body, or the problem with it. */
export type SuccessBody = { readonly value: unknown } | { readonly problem: string };

/** Reads the body of a 2xx response; `undefined` for a body over the size limit. */
export type ReadSuccess = (text: string | undefined) => SuccessBody;

export const MAX_BODY_BYTES = 64 * 1024 * 1024;
export const MAX_ERROR_BODY_BYTES = 1024 * 1024;

/**
 * The maximum number of JSON objects and of commas in a body: ten objects for each configuration in a list of 10,000, and a hundred
 * commas. A parsed value can take ten times its size in memory.
 */
const MAX_OBJECTS = 100_000;
const MAX_COMMAS = 1_000_000;

/** Levels of arrays and objects around a value. A deeper value is not JSON for Rust. */
const MAX_DEPTH = 128;

/** The characters that Rust and JSON take for white space, before the first other one. */
const STARTS_WITH = { "<": /^[ \t\n\f\r]*</, "{": /^[ \t\n\f\r]*\{/ };

/** An escaped surrogate. */
const SURROGATE = /\\u[dD][89a-fA-F]/;
const PAIR_OR_BACKSLASH = /\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]../g;

/** The uids that the module accepts too. It describes the problem with any other. */
const UID = /^[\w-][\w.-]{0,127}$/;

const NO_VALUE: SuccessBody = { value: undefined };

/** Checks the success body of an operation, as in Rust's `Operation::check_response`. */
export function readSuccess({ envelope, value: kind }: OperationRow, text: string | undefined): SuccessBody {
  const problem = bodyProblem(text);
  if (problem !== undefined) return { problem };
  if (kind === undefined) return NO_VALUE;
  if ((envelope !== undefined || kind !== "any") && !STARTS_WITH["{"].test(text as string)) {
    return { problem: "it is not a JSON object" };
  }
  const parsed = parse(text as string);
  if ("problem" in parsed) return parsed;
  const body = parsed.value as Record<string, unknown>;
  if (envelope !== undefined && !Object.hasOwn(body, envelope)) return { problem: `missing field \`${envelope}\`` };
  const value = envelope === undefined ? body : body[envelope];
  const valueProblem = problemOf(kind, value, envelope ?? "");
  if (valueProblem !== undefined) return { problem: valueProblem };
  return { value: envelope === "canDeploy" ? withLists(value as object) : value };
}

/** Any JSON, or nothing. */
export function readJson(text: string | undefined): SuccessBody {
  const problem = bodyProblem(text);
  if (problem !== undefined) return { problem };
  return text === "" ? NO_VALUE : parse(text as string);
}

function parse(text: string): SuccessBody {
  try {
    const value: unknown = JSON.parse(text);
    if (!isTooDeep(text) && !hasLoneSurrogate(text)) return { value };
  } catch {
    // The message of a SyntaxError quotes the body.
  }
  return { problem: "it is not JSON" };
}

/** The problem with a success body, even if no value is expected: a proxy's page does not prove that the service did anything. */
function bodyProblem(text: string | undefined): string | undefined {
  if (text === undefined) return `it is longer than ${MAX_BODY_BYTES / 1024 / 1024} MiB`;
  if (STARTS_WITH["<"].test(text)) return "it is HTML or XML";
  return text.length > MAX_OBJECTS && (count(text, "{") > MAX_OBJECTS || count(text, ",") > MAX_COMMAS)
    ? "it has too many JSON values"
    : undefined;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

/** Whether the text of a JSON value has an escape that is no character. Rust rejects it. */
function hasLoneSurrogate(text: string): boolean {
  return SURROGATE.test(text) && SURROGATE.test(text.replace(PAIR_OR_BACKSLASH, " "));
}

/** Whether a value in a JSON text is nested deeper than Rust reads, even one that a repeated field hides. */
function isTooDeep(text: string): boolean {
  if (count(text, "[") + count(text, "{") <= MAX_DEPTH) return false;
  for (let at = 0, depth = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if ("]}".includes(character)) depth -= 1;
    else if ("[{".includes(character)) {
      if (depth === MAX_DEPTH) return true;
      depth += 1;
    } else if (character === '"') while (text[(at += 1)] !== '"') if (text[at] === "\\") at += 1;
  }
  return false;
}

function problemOf(kind: OperationRow["value"], value: unknown, field: string): string | undefined {
  if (kind === "configuration") return configurationProblem(value);
  if (kind === "object" && !isObject(value)) return `field \`${field}\` must be an object`;
  if (kind !== "configurations") return undefined;
  if (!Array.isArray(value)) return `field \`${field}\` must be a list`;
  for (const each of value) {
    const problem = configurationProblem(each);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A configuration, whose only required field is `uid`. */
function configurationProblem(value: unknown): string | undefined {
  if (!isObject(value)) return "a configuration must be an object";
  if (!Object.hasOwn(value, "uid")) return "missing field `uid`";
  const { uid } = value as { uid?: unknown };
  if (typeof uid !== "string") return "field `uid` must be a string";
  // It could be anything, even a token.
  return uidProblem(uid)?.replace(/^`.*(?=` is not a valid )/s, "`…");
}

/** The problem with a uid, which the message quotes. */
export function uidProblem(uid: string): string | undefined {
  return UID.test(uid) ? undefined : wasm.run((it) => it.checkUid(uid));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The service omits empty lists. */
function withLists(value: { errors?: unknown; warnings?: unknown }): object {
  return { ...value, errors: value.errors ?? [], warnings: value.warnings ?? [] };
}
