// Run-time type checks for callers without TypeScript. The module validates the values.

import { AjoValidationError } from "./errors.js";
import { escapeAndTruncate } from "./escape-and-truncate.js";
import { toJson } from "./json.js";
import type { AjoOptions, CallOptions, CallSettings, ClientSettings, ExtraHeaders, RequestOptions, SandboxOption, ServiceRating, TokenOptions } from "./options.js";
import { LOG_LEVELS } from "./logger.js";
import type { Signal } from "./platform.js";
import { validationError } from "./validation-error.js";

/** The expected type, as error messages name it, and a test for it. */
type TypeRule = readonly [expected: string, accepts: (value: unknown) => boolean];

const OBJECT: TypeRule = ["an object", isObject];
const STRING: TypeRule = ["a string", (value) => typeof value === "string"];
const FUNCTION: TypeRule = ["a function", (value) => typeof value === "function"];
const ANY: TypeRule = ["a JSON value", () => true];
const BOOLEAN: TypeRule = ["a boolean", (value) => typeof value === "boolean"];
const MILLISECONDS: TypeRule = ["a positive number of milliseconds", (value) => Number.isFinite(value) && (value as number) > 0];
const ATTEMPTS: TypeRule = [
  "an integer from 1 to 4294967295",
  (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 32,
];
const INTEGER: TypeRule = ["an integer", Number.isSafeInteger];
const NUMBERS = [MILLISECONDS, ATTEMPTS, INTEGER];
const RESERVED_FETCH_OPTIONS = ["method", "headers", "body", "redirect", "signal"];
const FETCH_OPTIONS: TypeRule = [
  `an object without ${RESERVED_FETCH_OPTIONS.join(", ")}`,
  (value) => isObject(value) && !RESERVED_FETCH_OPTIONS.some((name) => name in value),
];
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
  allowedHosts: ["an array of strings", isStringArray],
  fetch: FUNCTION,
  tokenStore: ["an object with the functions get and set", (value) => isObject(value) && hasMethods(value, "get", "set")],
  timeoutMs: MILLISECONDS,
  attemptTimeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
  fetchOptions: FETCH_OPTIONS,
  onEvent: FUNCTION,
  logLevel: [`one of ${LOG_LEVELS.join(", ")}`, (value) => LOG_LEVELS.some((level) => level === value)],
  logger: ["an object with the functions error, warn, info, and debug", (value) => isObject(value) && hasMethods(value, ...LOG_LEVELS.slice(1))],
};

const CALL_RULES: { readonly [Name in keyof Required<CallOptions>]: TypeRule } = {
  signal: ["an AbortSignal", (value) => isObject(value) && hasMethods(value, "addEventListener", "removeEventListener")],
  timeoutMs: MILLISECONDS,
  attemptTimeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
  fetchOptions: FETCH_OPTIONS,
};

const RATING_RULES: { readonly [Name in keyof Required<ServiceRating>]: TypeRule } = {
  service: ['"action" or "dataSource"', (value) => value === "action" || value === "dataSource"],
  maxCallsCount: INTEGER,
  periodInMs: INTEGER,
};

/** Each token source requires the first N options of IDENTITY, and the remaining ones have no effect with it. */
const IDENTITY = ["clientId", "orgId", "scopes"];
const TOKEN_SOURCES: Record<string, number> = { clientSecret: 3, clientSecrets: 3, accessToken: 2, credentials: 0 };

/** Client options: JSON for the module, and everything else. */
export interface CheckedOptions {
  readonly json: string;
  readonly settings: ClientSettings;
}

/**
 * Checks the options of a constructor, which `where` names. `required` are options besides the token source's, and `variables`
 * the environment variables that replace the token source.
 */
export function readOptions(
  where: string,
  options: AjoOptions,
  required: readonly string[],
  variables?: Readonly<Record<string, string>>,
): CheckedOptions {
  return withReadErrors(where, () => {
    const copy = checkedCopy(where, "options", options, CLIENT_RULES);
    if (variables === undefined) checkTokenSource(where, copy, required);
    return splitOptions(where, copy, variables);
  });
}

function splitOptions(where: string, options: AjoOptions, variables: Readonly<Record<string, string>> | undefined): CheckedOptions {
  const { fetch, tokenStore, onEvent, logLevel, logger, accessToken, clientSecret, ...others } = options;
  const { timeoutMs, attemptTimeoutMs, maxAttempts, headers, fetchOptions, credentials, ...rest } = others;
  const hasTokenFunction = typeof accessToken === "function";
  const moduleOptions = {
    ...rest,
    variables,
    ...(clientSecret !== undefined && { clientSecrets: [clientSecret] }),
    credentials: isObject(credentials) ? stringify(credentials) : credentials,
    accessToken: hasTokenFunction || accessToken,
    tokenStore: tokenStore !== undefined,
    storeLocks: typeof tokenStore?.lock === "function",
  };
  const settings = {
    fetch,
    tokenStore,
    onEvent,
    logLevel,
    logger,
    accessToken: hasTokenFunction ? accessToken : undefined,
    call: callSettings(where, { timeoutMs, attemptTimeoutMs, maxAttempts, headers, fetchOptions }),
  };
  return { json: stringify(moduleOptions), settings };
}

/** Rejects options that have no effect: the caller would believe that they had one. */
function checkTokenSource(where: string, options: object, alsoRequired: readonly string[]): void {
  const present = (names: string[]): string[] => names.filter((name) => (options as Record<string, unknown>)[name] !== undefined);
  const [source, ...others] = present(Object.keys(TOKEN_SOURCES));
  if (source === undefined) throw validationError(where, `pass one of ${Object.keys(TOKEN_SOURCES).join(", ")}`);
  const required = IDENTITY.slice(0, TOKEN_SOURCES[source]);
  const [unused] = [...others, ...present([...IDENTITY.slice(required.length), ...(required.length > 0 ? ["credentialName"] : [])])];
  if (unused !== undefined) throw validationError(where, `pass \`${source}\` or \`${unused}\`, not both`);
  const missing = [...required, ...alsoRequired].find((name) => present([name]).length === 0);
  if (missing !== undefined) throw validationError(where, `\`${missing}\` is missing or undefined`);
}

/** The checked options of one call. */
export interface CheckedCallOptions {
  readonly settings: CallSettings | undefined;
  readonly signal: Signal | undefined;
  /** The options of the operation that are true. */
  readonly flags: readonly string[];
}

const NO_OPTIONS: CheckedCallOptions = { settings: undefined, signal: undefined, flags: [] };

/** Checks the options of one call. `flags` are the boolean options that its operation has. */
export function readCallOptions(operation: string, options: unknown, flags: readonly string[]): CheckedCallOptions {
  if (options === undefined) return NO_OPTIONS;
  return withReadErrors(operation, () => {
    const rules = { ...CALL_RULES, ...Object.fromEntries(flags.map((name) => [name, BOOLEAN])) };
    const copy = checkedCopy(operation, "options", options as CallOptions, rules);
    return {
      settings: callSettings(operation, copy),
      signal: copy.signal,
      flags: flags.filter((name) => (copy as Record<string, unknown>)[name]),
    };
  });
}

/** The new rating of `setRating`. The rules of the service check its numbers. */
export function readRating(operation: string, rating: unknown): ServiceRating {
  return withReadErrors(operation, () => {
    const copy = checkedCopy(operation, "rating", rating as ServiceRating, RATING_RULES);
    integerArgument(operation, "maxCallsCount", copy.maxCallsCount);
    integerArgument(operation, "periodInMs", copy.periodInMs);
    return copy;
  });
}

export function integerArgument(operation: string, name: string, value: unknown): void {
  withReadErrors(operation, () => assertType(operation, `\`${name}\``, INTEGER, value));
}

function callSettings(operation: string, options: CallOptions): CallSettings {
  const { headers, timeoutMs, attemptTimeoutMs, maxAttempts, fetchOptions } = options;
  // A copy, because a getter could throw later.
  const copy = fetchOptions && { ...fetchOptions };
  return { timeoutMs, attemptTimeoutMs, maxAttempts, fetchOptions: copy, headers: headers && headerRecord(operation, headers) };
}

/** The checked options of a call that only gets a token. */
export interface CheckedTokenOptions extends Omit<CheckedCallOptions, "flags"> {
  readonly sandbox: string | null | undefined;
}

const TOKEN_RULES = { signal: CALL_RULES.signal, timeoutMs: MILLISECONDS };
const SANDBOX_RULES = { ...TOKEN_RULES, sandbox: ["a string or null", (value) => typeof value === "string" || value === null] as TypeRule };

/** Checks the options of a call that only gets a token. */
export function readTokenOptions(operation: string, options: unknown, hasSandbox: boolean): CheckedTokenOptions {
  return withReadErrors(operation, () => {
    const rules = hasSandbox ? SANDBOX_RULES : TOKEN_RULES;
    const copy: TokenOptions & SandboxOption = checkedCopy(operation, "options", (options ?? {}) as TokenOptions, rules);
    return { settings: callSettings(operation, copy), signal: copy.signal, sandbox: copy.sandbox };
  });
}

/** The checked options of a request. */
export interface CheckedRequestOptions extends Omit<CheckedCallOptions, "flags"> {
  /** Empty, or with the question mark. */
  readonly query: string;
  /** JSON. */
  readonly body: string | undefined;
}

/** Checks the options of a request without an operation. */
export function readRequestOptions(operation: string, options: unknown): CheckedRequestOptions {
  return withReadErrors(operation, () => {
    const copy: RequestOptions = checkedCopy(operation, "options", (options ?? {}) as RequestOptions, { ...CALL_RULES, query: OBJECT, body: ANY });
    return {
      settings: callSettings(operation, copy),
      signal: copy.signal,
      query: queryString(operation, copy.query ?? {}),
      body: copy.body === undefined ? undefined : stringify(copy.body),
    };
  });
}

function queryString(operation: string, query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values].flat()) {
      if (value === undefined) continue;
      if (!["string", "number", "boolean"].includes(typeof value)) {
        throw validationError(operation, `\`query.${escapeAndTruncate(name, 40)}\` must be a string, a number, a boolean, or an array of them, not ${typeName(value)}`);
      }
      parameters.append(name, String(value));
    }
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

export function readUid(operation: string, uid: unknown): string {
  withReadErrors(operation, () => assertType(operation, "`uid`", STRING, uid));
  return uid as string;
}

/** The definition of a call as JSON. The module checks its fields. */
export function readConfig(operation: string, config: unknown): string {
  return withReadErrors(operation, () => {
    assertType(operation, "`config`", OBJECT, config);
    return stringify(config);
  });
}

/** A definition as JSON for the module. Accepts any value, because the module reports wrong types as diagnostics. */
export function readDefinition(where: string, definition: unknown): string {
  return withReadErrors(where, () => stringify(definition ?? null));
}

/** Converts errors of the caller's values: getters, proxies, iterators and `toJSON` can throw, and so do cycles and BigInts. */
export function withReadErrors<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof AjoValidationError ? cause : validationError(where, "an argument cannot be read or converted to JSON", cause);
  }
}

/** Copies an argument, so that each getter runs once, and checks the copy. */
function checkedCopy<T extends object>(where: string, argument: string, options: T, rules: Readonly<Record<string, TypeRule>>): T {
  assertType(where, `\`${argument}\``, OBJECT, options);
  const copy = { ...options };
  for (const [name, value] of Object.entries(copy)) {
    if (!Object.hasOwn(rules, name)) throw unknownName(where, argument === "options" ? "option" : "field", name, Object.keys(rules));
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

function unknownName(where: string, kind: string, name: string, names: string[]): AjoValidationError {
  const normalize = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, "");
  const similar = names.find((known) => normalize(known) === normalize(name));
  const fix = similar ? `did you mean \`${similar}\`?` : `expected one of ${names.join(", ")}`;
  return validationError(where, `unknown ${kind} \`${escapeAndTruncate(name, 40)}\`; ${fix}`);
}

/** Headers by lower-case name. Values of one name are joined with a comma, as `fetch` does. */
function headerRecord(where: string, headers: ExtraHeaders): Record<string, string> {
  const joined = new Map<string, string>();
  for (const entry of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    if (!isStringArray(entry) || entry.length !== 2) throw validationError(where, "the names and values of `headers` must be strings");
    const [key, value] = entry as [string, string];
    // Only ASCII: `toLowerCase` would turn the Kelvin sign into a valid name.
    const name = key.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    joined.set(name, joined.has(name) ? `${joined.get(name)}, ${value}` : value);
  }
  return Object.fromEntries(joined);
}

function stringify(value: unknown): string {
  const json = toJson(value);
  // `withReadErrors` converts it, like an exception of `JSON.stringify`.
  if (json === undefined) throw undefined;
  return json;
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
