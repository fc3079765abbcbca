// Run-time type checks for callers without TypeScript. The core validates the values.

import { CallSignal } from "./call-signal.js";
import { AjoValidationError } from "./errors.js";
import { escapeAndTruncate } from "./escape-and-truncate.js";
import { BOOLEAN_OPTIONS } from "./generated/operations.js";
import { toJson } from "./json.js";
import type { AjoOptions, CallOptions, ClientCallbacks, ExtraHeaders } from "./options.js";

/** The expected type, as error messages name it, and a test for it. */
type TypeRule = readonly [expected: string, accepts: (value: unknown) => boolean];

const OBJECT: TypeRule = ["an object", isObject];
const STRING: TypeRule = ["a string", (value) => typeof value === "string"];
const FUNCTION: TypeRule = ["a function", (value) => typeof value === "function"];
const BOOLEAN: TypeRule = ["a boolean", (value) => typeof value === "boolean"];
const MILLISECONDS: TypeRule = ["a positive number of milliseconds", (value) => Number.isFinite(value) && (value as number) > 0];
const ATTEMPTS: TypeRule = [
  "an integer from 1 to 4294967295",
  (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 32,
];
const NUMBERS = [MILLISECONDS, ATTEMPTS];
const HEADERS: TypeRule = ["an object or an iterable of pairs", (value) => typeof value === "object" && value !== null];

const CLIENT_RULES: { readonly [Name in keyof Required<AjoOptions>]: TypeRule } = {
  clientId: STRING,
  clientSecret: STRING,
  clientSecrets: ["an array of strings", isStringArray],
  orgId: STRING,
  scopes: ["a string or an array of strings", (value) => typeof value === "string" || isStringArray(value)],
  sandbox: STRING,
  credentials: ["an object or a JSON string", (value) => isObject(value) || typeof value === "string"],
  credentialName: STRING,
  accessToken: ["a string or a function", (value) => typeof value === "string" || typeof value === "function"],
  baseUrl: STRING,
  imsUrl: STRING,
  fetch: FUNCTION,
  tokenStore: ["an object with the functions get and set", (value) => isObject(value) && hasMethods(value, "get", "set")],
  timeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
  onEvent: FUNCTION,
};

const CALL_RULES: { readonly [Name in keyof Required<CallOptions>]: TypeRule } = {
  signal: ["an AbortSignal", (value) => isObject(value) && hasMethods(value, "addEventListener", "removeEventListener")],
  timeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
};

/** Each token source requires the first N options of IDENTITY, and the remaining ones have no effect with it. */
const IDENTITY = ["clientId", "orgId", "scopes"];
const TOKEN_SOURCES: Record<string, number> = { clientSecret: 3, clientSecrets: 3, accessToken: 2, credentials: 0 };

/** Prefix of the errors about client options. */
const CONSTRUCTOR = "new AjoClient";

/** Splits client options into JSON for the core and functions, which have no JSON representation. */
export function readOptions(options: AjoOptions): { json: string; callbacks: ClientCallbacks } {
  return withReadErrors(CONSTRUCTOR, () => splitOptions(checkedCopy(CONSTRUCTOR, options, CLIENT_RULES)));
}

function splitOptions(options: AjoOptions): { json: string; callbacks: ClientCallbacks } {
  checkTokenSource(options);
  const { fetch, tokenStore, onEvent, accessToken, clientSecret, headers, ...rest } = options;
  const hasTokenFunction = typeof accessToken === "function";
  const coreOptions = {
    ...rest,
    ...(clientSecret !== undefined && { clientSecrets: [clientSecret] }),
    accessToken: hasTokenFunction || accessToken,
    tokenStore: tokenStore !== undefined,
    headers: headers && headerPairs(CONSTRUCTOR, headers),
  };
  const callbacks = { fetch, tokenStore, onEvent, accessToken: hasTokenFunction ? accessToken : undefined };
  return { json: stringify(coreOptions), callbacks };
}

/** Rejects options that have no effect: the caller would believe that they had one. */
function checkTokenSource(options: object): void {
  const present = (names: string[]): string[] => names.filter((name) => (options as Record<string, unknown>)[name] !== undefined);
  const [source, ...others] = present(Object.keys(TOKEN_SOURCES));
  if (source === undefined) throw validationError(CONSTRUCTOR, `pass one of ${Object.keys(TOKEN_SOURCES).join(", ")}`);
  const required = IDENTITY.slice(0, TOKEN_SOURCES[source]);
  const [unused] = [...others, ...present([...IDENTITY.slice(required.length), ...(required.length > 0 ? ["credentialName"] : [])])];
  if (unused !== undefined) throw validationError(CONSTRUCTOR, `pass \`${source}\` or \`${unused}\`, not both`);
  const missing = [...required, "sandbox"].find((name) => present([name]).length === 0);
  if (missing !== undefined) throw validationError(CONSTRUCTOR, `\`${missing}\` is missing or undefined`);
}

/** The arguments of one call. An argument that the operation does not have is absent. */
export interface CallArguments {
  uid?: unknown;
  config?: unknown;
  options: CallOptions | undefined;
}

/** One call: JSON for the core, and the caller's abort signal. */
export interface CallInput {
  input: string;
  definition: string;
  callSignal: CallSignal;
}

/** Checks the types of a call's arguments. The core checks the definition and adds the organization. */
export function readCall(operation: string, call: CallArguments): CallInput {
  return withReadErrors(operation, () => toCallInput(operation, call));
}

function toCallInput(operation: string, call: CallArguments): CallInput {
  const { uid, config, options = {} } = call;
  if ("uid" in call) assertType(operation, "`uid`", STRING, uid);
  const takesConfig = "config" in call;
  if (takesConfig) assertType(operation, "`config`", OBJECT, config);
  const flags = Object.fromEntries((BOOLEAN_OPTIONS[operation] ?? []).map((name) => [name, BOOLEAN]));
  const { signal, headers, ...rest } = checkedCopy(operation, options, { ...CALL_RULES, ...flags });
  const input = { operation, uid, ...rest, headers: headers && headerPairs(operation, headers) };
  return {
    input: stringify(input),
    definition: takesConfig ? stringify(config) : "",
    // Last, because it adds a listener: an error after it would leave the listener behind.
    callSignal: new CallSignal(signal),
  };
}

/** A definition as JSON for the core. Accepts any value, because the core reports wrong types as diagnostics. */
export function readDefinition(where: string, definition: unknown): string {
  return withReadErrors(where, () => stringify(definition ?? null));
}

/** Converts errors of the caller's values: getters, proxies, iterators and `toJSON` can throw, and so do cycles and BigInts. */
function withReadErrors<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof AjoValidationError ? cause : validationError(where, "an argument cannot be read or converted to JSON", cause);
  }
}

/** Copies the options, so that each getter runs once, and checks the copy. */
function checkedCopy<T extends object>(where: string, options: T, rules: Readonly<Record<string, TypeRule>>): T {
  assertType(where, "`options`", OBJECT, options);
  const copy = { ...options };
  for (const [name, value] of Object.entries(copy)) {
    if (!Object.hasOwn(rules, name)) throw unknownOption(where, name, Object.keys(rules));
    if (value !== undefined) assertType(where, `\`${name}\``, rules[name] as TypeRule, value);
  }
  return copy;
}

function assertType(where: string, name: string, rule: TypeRule, value: unknown): void {
  const [expected, accepts] = rule;
  // A number in a number option is never a secret, so the message may show it.
  const actual = NUMBERS.includes(rule) && typeof value === "number" ? value : typeName(value);
  if (!accepts(value)) throw validationError(where, `${name} must be ${expected}, not ${actual}`);
}

function unknownOption(where: string, name: string, names: string[]): AjoValidationError {
  const normalize = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, "");
  const similar = names.find((known) => normalize(known) === normalize(name));
  const fix = similar ? `did you mean \`${similar}\`?` : `expected one of ${names.join(", ")}`;
  return validationError(where, `unknown option \`${escapeAndTruncate(name, 40)}\`; ${fix}`);
}

/** Headers as pairs. Values of one name are joined with a comma, as `fetch` does. */
function headerPairs(where: string, headers: ExtraHeaders): [string, string][] {
  const joined = new Map<string, string>();
  for (const entry of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    if (!isStringArray(entry) || entry.length !== 2) throw validationError(where, "the names and values of `headers` must be strings");
    const [key, value] = entry as [string, string];
    const name = key.toLowerCase();
    joined.set(name, joined.has(name) ? `${joined.get(name)}, ${value}` : value);
  }
  return [...joined];
}

function stringify(value: unknown): string {
  const json = toJson(value);
  // `withReadErrors` converts it, like an exception of `JSON.stringify`.
  if (json === undefined) throw undefined;
  return json;
}

export function validationError(where: string, problem: string, cause?: unknown): AjoValidationError {
  const details = where === CONSTRUCTOR ? { code: "CONFIG" } : { code: "BUILD_REQUEST", operation: where };
  return new AjoValidationError(`${where}: ${problem}`, { ...details, cause });
}

/** The type of a value for error messages. Never its content, which may be a secret. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringArray(value: unknown): boolean {
  return Array.isArray(value) && value.every((it) => typeof it === "string");
}

function hasMethods(value: object, ...names: string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
