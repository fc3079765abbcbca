// Environment variables. Credential variables mean the same as for the command `ajo`.

import { withReadErrors } from "./arguments.js";
import { decode } from "./base64.js";
import { readProperty } from "./error-message.js";
import { AjoValidationError } from "./errors.js";
import { parseLogLevel } from "./log.js";
import type { AjoOptions } from "./options.js";
import { readVariable, trim } from "./process-variables.js";
import { validationError } from "./validation-error.js";

/** Options that `fromEnv` does not read from variables. */
export type EnvOptions = Omit<AjoOptions, (typeof CREDENTIAL_OPTIONS)[number]>;

const CREDENTIAL_OPTIONS = [
  "clientId",
  "clientSecret",
  "clientSecrets",
  "orgId",
  "scopes",
  "credentials",
  "credentialName",
  "accessToken",
] as const;

/** The variables of a credential, each with its name for Adobe's CLI. */
const IDENTITY = ["AJO_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_ID", "AJO_ORG_ID", "IMS_OAUTH_S2S_ORG_ID"] as const;
const CREDENTIAL = [...IDENTITY, "AJO_CLIENT_SECRET", "IMS_OAUTH_S2S_CLIENT_SECRET", "AJO_SCOPES", "IMS_OAUTH_S2S_SCOPES"] as const;

/** The start of a credential, as opposed to a path. */
const CONTENT = /^[[{<"']/;
/** The shortest Base64 text that can contain a credential. */
const MIN_BASE64_LENGTH = 80;

/** The options of a client, and the variables that the module reads. */
export interface EnvConfig {
  readonly options: AjoOptions;
  readonly variables: Readonly<Record<string, string>> | undefined;
}

/** Reads the options of a client from variables. Errors name variables, and never their values. */
export function readEnv(where: string, env: object | undefined, others: EnvOptions): EnvConfig {
  return withReadErrors(where, () => envConfig(where, env, others));
}

function envConfig(where: string, env: object | undefined, others: EnvOptions): EnvConfig {
  if (Object(env) !== env) throw validationError(where, "this runtime has no process.env; pass the variables");
  for (const name of CREDENTIAL_OPTIONS) {
    if (name in others) throw validationError(where, `\`${name}\` comes from a variable; pass it to the constructor instead`);
  }
  const get = (name: string): string | undefined => {
    try {
      return readVariable(env as object, name);
    } catch (cause) {
      // Deno without a permission.
      throw validationError(where, `${name} cannot be read`, cause);
    }
  };
  const level = get("AJO_LOG");
  const options: AjoOptions = {
    sandbox: get("AJO_SANDBOX"),
    baseUrl: get("AJO_BASE_URL"),
    imsUrl: get("AJO_IMS_URL"),
    logLevel: level === undefined ? undefined : parseLogLevel(where, level),
    ...others,
  };
  if (options.sandbox === undefined) throw validationError(where, "AJO_SANDBOX is not set");
  const accessToken = get("AJO_ACCESS_TOKEN");
  if (accessToken !== undefined) {
    const [clientId, orgId] = [get(IDENTITY[0]) ?? get(IDENTITY[1]), get(IDENTITY[2]) ?? get(IDENTITY[3])];
    const missing = clientId === undefined ? IDENTITY[0] : orgId === undefined ? IDENTITY[2] : undefined;
    if (missing !== undefined) throw validationError(where, `${missing} is not set; AJO_ACCESS_TOKEN needs it`);
    return { options: { ...options, accessToken, clientId, orgId, imsUrl: undefined }, variables: undefined };
  }
  const file = get("AJO_CREDENTIALS");
  const credentials = file === undefined ? undefined : credentialContent(where, file);
  const found = CREDENTIAL.flatMap((name) => (get(name) === undefined ? [] : [[name, get(name) as string]]));
  return {
    options: { ...options, credentials, credentialName: credentials && get("AJO_CREDENTIAL_NAME") },
    variables: Object.fromEntries(found),
  };
}

/** The variables of options that the module checks, by the start of its message. */
const VARIABLE_BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/^invalid base URL/, "AJO_BASE_URL"],
  [/^invalid token endpoint/, "AJO_IMS_URL"],
  [/is not a valid sandbox name/, "AJO_SANDBOX"],
  [/^`accessToken`/, "AJO_ACCESS_TOKEN"],
  [/^the organization id/, "AJO_ORG_ID"],
  [/^the client id/, "AJO_CLIENT_ID"],
];

/** Names the variable with an invalid value in an error of the constructor, and removes the value, which the message quotes. */
export function nameVariable(where: string, error: unknown): unknown {
  if (!(error instanceof AjoValidationError)) return error;
  const { message, hint } = error;
  const [, name] = VARIABLE_BY_MESSAGE.find(([start]) => start.test(message)) ?? [];
  if (name === undefined) return error;
  const redacted = name === "AJO_ORG_ID" || name === "AJO_ACCESS_TOKEN" ? message : message.replace(/`[^`]*`/, "its value");
  return Object.assign(validationError(where, `${name}: ${redacted}`), hint !== undefined && { hint });
}

/** The JSON in AJO_CREDENTIALS: plain, as Base64, or in the file with this path. */
function credentialContent(where: string, setting: string): string {
  const text = trim(setting.replace(/^\ufeff+/, ""));
  if (CONTENT.test(text)) return text;
  return base64Content(text) ?? (text.includes("\n") ? text : readFile(where, text));
}

function base64Content(text: string): string | undefined {
  if (text.length < MIN_BASE64_LENGTH) return undefined;
  try {
    const content = trim(new TextDecoder().decode(decode(text.replace(/\s/g, ""))));
    return /^\[?\{/.test(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Only Node.js, Deno, and Bun have this. An import of node:fs would not work in browsers. */
function readFile(where: string, path: string): string {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): { readFileSync(path: string, encoding: string): string } } };
  const fs = process?.getBuiltinModule?.("node:fs");
  if (fs === undefined) throw validationError(where, "AJO_CREDENTIALS must be JSON, because this runtime reads no files");
  try {
    return fs.readFileSync(path, "utf8");
  } catch (error) {
    // The path may be a secret that was pasted into the wrong variable, and the error quotes it.
    throw validationError(where, `AJO_CREDENTIALS is neither JSON nor a readable file (${readProperty(error, "code")})`);
  }
}
