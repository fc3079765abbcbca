// What JavaScript lets through and TypeScript would not. What the values mean is left to the core.

import { AjoValidationError } from "./errors.js";
import { excerpt } from "./excerpt.js";
import { FLAGS } from "./generated/operations.js";
import { Interrupt } from "./interrupt.js";
import { toJson } from "./json.js";
import type { AjoOptions, CallOptions, ExtraHeaders, Helpers } from "./options.js";

/** What a value must be, and the words for it. */
type Rule = readonly [words: string, holds: (value: unknown) => boolean];

const OBJECT: Rule = ["an object", isObject];
const TEXT: Rule = ["a string", (value) => typeof value === "string"];
const FUNCTION: Rule = ["a function", (value) => typeof value === "function"];
const MILLISECONDS: Rule = ["a positive number of milliseconds", (value) => Number.isFinite(value) && (value as number) > 0];
const ATTEMPTS: Rule = ["a whole number, 1 to 4294967295", (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 32];
const NUMBERS = [MILLISECONDS, ATTEMPTS];
const HEADERS: Rule = ["an object or pairs", (value) => typeof value === "object" && value !== null];
const TEXTS = (value: unknown): boolean => Array.isArray(value) && value.every((it) => typeof it === "string");

const CLIENT_RULES: { readonly [Name in keyof Required<AjoOptions>]: Rule } = {
  clientId: TEXT,
  clientSecret: TEXT,
  clientSecrets: ["an array of strings", TEXTS],
  orgId: TEXT,
  scopes: ["a string or an array of strings", (value) => typeof value === "string" || TEXTS(value)],
  sandbox: TEXT,
  credentials: ["the parsed JSON of a credential, or its text", (value) => isObject(value) || typeof value === "string"],
  credentialName: TEXT,
  accessToken: ["a string or a function", (value) => typeof value === "string" || typeof value === "function"],
  baseUrl: TEXT,
  imsUrl: TEXT,
  fetch: FUNCTION,
  tokenStore: ["an object with the functions get and set", (value) => isObject(value) && hasMethods(value, "get", "set")],
  timeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
  onEvent: FUNCTION,
};

const CALL_RULES: { readonly [Name in keyof Required<CallOptions>]: Rule } = {
  signal: ["an AbortSignal", (value) => isObject(value) && hasMethods(value, "addEventListener", "removeEventListener")],
  timeoutMs: MILLISECONDS,
  maxAttempts: ATTEMPTS,
  headers: HEADERS,
};

const FLAG: Rule = ["true or false", (value) => typeof value === "boolean"];

/** Who calls. Of these, a source of the access token needs the first so many, and the others mean nothing beside it. */
const IDENTITY = ["clientId", "orgId", "scopes"];
const SOURCES: Record<string, number> = { clientSecret: 3, clientSecrets: 3, accessToken: 2, credentials: 0 };

/** What the problems with a client's options begin with. */
const MAKING = "new AjoClient";

/** The options of a client: as JSON for the core, and what cannot be written as JSON. */
export function readOptions(options: AjoOptions): { json: string; helpers: Helpers } {
  return read(MAKING, () => optionsOf(taken(MAKING, options, CLIENT_RULES)));
}

function optionsOf(options: AjoOptions): { json: string; helpers: Helpers } {
  checkSource(options);
  const { fetch, tokenStore, onEvent, accessToken, clientSecret, headers, ...rest } = options;
  const ownToken = typeof accessToken === "function";
  const settings = {
    ...rest,
    ...(clientSecret !== undefined && { clientSecrets: [clientSecret] }),
    accessToken: ownToken || accessToken,
    tokenStore: tokenStore !== undefined,
    headers: headers && pairs(MAKING, headers),
  };
  const helpers = { fetch, tokenStore, onEvent, accessToken: ownToken ? accessToken : undefined };
  return { json: written(settings), helpers };
}

/** An option that is ignored without a word would be taken for one that was heeded. */
function checkSource(options: object): void {
  const given = (names: string[]): string[] => names.filter((name) => (options as Record<string, unknown>)[name] !== undefined);
  const [source, ...others] = given(Object.keys(SOURCES));
  if (source === undefined) throw refuse(MAKING, `give one of ${Object.keys(SOURCES).join(", ")}`);
  const needed = IDENTITY.slice(0, SOURCES[source]);
  const [idle] = [...others, ...given([...IDENTITY.slice(needed.length), ...(needed.length > 0 ? ["credentialName"] : [])])];
  if (idle !== undefined) throw refuse(MAKING, `give \`${source}\` or \`${idle}\`, not both`);
  const missing = [...needed, "sandbox"].find((name) => given([name]).length === 0);
  if (missing !== undefined) throw refuse(MAKING, `\`${missing}\` is missing or undefined`);
}

/** The arguments of one call; those that its operation does not take are not there. */
export interface CallArguments {
  uid?: unknown;
  config?: unknown;
  options: CallOptions | undefined;
}

/** One call as JSON for the core, and what ends it. The core checks the definition, and adds the organization. */
export interface CallTexts {
  input: string;
  definition: string;
  interrupt: Interrupt;
}

/** The arguments of one call for the core, after those that the operation takes were looked at. */
export function readCall(operation: string, call: CallArguments): CallTexts {
  return read(operation, () => callOf(operation, call));
}

function callOf(operation: string, call: CallArguments): CallTexts {
  const { uid, config, options: given = {} } = call;
  if ("uid" in call) demand(operation, "the uid", TEXT, uid);
  const takesConfig = "config" in call;
  if (takesConfig) demand(operation, "the configuration", OBJECT, config);
  const flags = Object.fromEntries((FLAGS[operation] ?? []).map((name) => [name, FLAG]));
  const { signal, headers, ...rest } = taken(operation, given, { ...CALL_RULES, ...flags });
  const input = { operation, uid, ...rest, headers: headers && pairs(operation, headers) };
  return {
    input: written(input),
    definition: takesConfig ? written(config) : "",
    // The last of all, because whoever is given it has to release it.
    interrupt: new Interrupt(signal),
  };
}

/** A definition as JSON for the core. Any value is: what it should be is what the rules say. */
export function readDefinition(where: string, definition: unknown): string {
  return read(where, () => written(definition ?? null));
}

/** Reads what can throw wherever it is touched: a getter, a Proxy, an iterator, a `toJSON`, or a ring or a BigInt in JSON. */
function read<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof AjoValidationError ? cause : refuse(where, "an argument cannot be read or cannot be written as JSON", cause);
  }
}

/** The options as they are now, each looked at once. */
function taken<T extends object>(where: string, options: T, rules: Readonly<Record<string, Rule>>): T {
  demand(where, "the options", OBJECT, options);
  const all = { ...options };
  for (const [name, value] of Object.entries(all)) {
    if (!Object.hasOwn(rules, name)) throw unknown(where, name, Object.keys(rules));
    if (value !== undefined) demand(where, `\`${name}\``, rules[name] as Rule, value);
  }
  return all;
}

function demand(where: string, what: string, rule: Rule, value: unknown): void {
  const [words, holds] = rule;
  // A number that should be one is no secret.
  const is = NUMBERS.includes(rule) && typeof value === "number" ? value : kindOf(value);
  if (!holds(value)) throw refuse(where, `${what} must be ${words}, and not ${is}`);
}

function unknown(where: string, name: string, names: string[]): AjoValidationError {
  const alike = (one: string): string => one.toLowerCase().replace(/[^a-z]/g, "");
  const meant = names.find((known) => alike(known) === alike(name));
  return refuse(where, `there is no option \`${excerpt(name, 40)}\`; ${meant ? `it is \`${meant}\`` : `there are ${names.join(", ")}`}`);
}

/** Headers as pairs; those of one name are joined, as `fetch` joins them. */
function pairs(where: string, headers: ExtraHeaders): [string, string][] {
  const joined = new Map<string, string>();
  for (const entry of Symbol.iterator in headers ? headers : Object.entries(headers)) {
    if (!TEXTS(entry) || entry.length !== 2) throw refuse(where, "the names and values of `headers` must be strings");
    const name = entry[0].toLowerCase();
    joined.set(name, joined.has(name) ? `${joined.get(name)}, ${entry[1]}` : entry[1]);
  }
  return [...joined];
}

function written(value: unknown): string {
  const json = toJson(value);
  // Caught above, as what `JSON.stringify` throws.
  if (json === undefined) throw undefined;
  return json;
}

function refuse(where: string, problem: string, cause?: unknown): AjoValidationError {
  const details = where === MAKING ? { code: "SETTINGS" } : { code: "REQUEST", operation: where };
  return new AjoValidationError(`${where}: ${problem}`, { ...details, cause });
}

/** What a value is, without its content, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasMethods(value: object, ...names: string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
