import { EmulatorError } from "./emulator-error.js";

/** A credential that the emulator accepts. */
export interface RegisteredClient {
  /** The client id, which is also the API key. */
  clientId: string;
  /** At least one secret. The emulator accepts any of them. */
  clientSecrets: readonly string[];
  /** The organization, such as `A1B2@AdobeOrg`. Organizations share no state. */
  orgId: string;
  /** The scopes that it may request: an array, or a comma-separated string. */
  scopes: string | readonly string[];
}

/** A sandbox that every organization of the emulator has. */
export interface EmulatorSandbox {
  name: string;
  /** Throttling is available in production sandboxes only. */
  production: boolean;
}

/** Options of `createEmulator`. All are optional; an unknown option is an error. */
export interface EmulatorOptions {
  /** The accepted credentials. The first one is in `emulator.options`. Default: one client with made-up values. */
  clients?: readonly RegisteredClient[];
  /** The first sandbox is in `emulator.options`. Default: `prod` (a production sandbox) and `dev`. */
  sandboxes?: readonly EmulatorSandbox[];
  /** Lifetime of tokens in whole seconds. Default: 86,399, as at Adobe. */
  tokenLifetimeSeconds?: number;
  /** The scopes that a token must have. Default: none, because Adobe does not document which scopes the service requires. */
  requiredScopes?: readonly string[];
  /** `strict` (default): as the service. `lenient`: accepts any API key and token. `any`: issues tokens for any credential. `off`: requires no header. */
  auth?: "strict" | "lenient" | "any" | "off";
  /** Maximum number of configurations in a sandbox (20,000), calls in the request log (1,000), and valid tokens (10,000). */
  limits?: { configs?: number; loggedCalls?: number; tokens?: number };
  /** The same seed and calls give the same identifiers, tokens and random faults. An integer; default 0. */
  seed?: number;
  /**
   * Real time in milliseconds since the epoch, which drives the emulator's clock. Default: `Date.now`, looked up for each call, so
   * that fake timers work.
   */
  now?: () => number;
}

const NAMES = ["clients", "sandboxes", "tokenLifetimeSeconds", "requiredScopes", "auth", "limits", "seed", "now"];

/** The options as JSON for the WebAssembly module, which validates their values. */
export function toSettingsJson(options: EmulatorOptions): string {
  if (typeof options !== "object" || options === null) {
    throw invalidOptions(`\`options\` must be an object, not ${options === null ? "null" : `a value of type ${typeof options}`}`);
  }
  // Checked here, because the module does not know `now`.
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw invalidOptions(`unknown option \`${unknown}\`; expected one of ${NAMES.join(", ")}`);
  if (options.now !== undefined && typeof options.now !== "function") {
    throw invalidOptions("`now` must be a function that returns milliseconds since the epoch");
  }
  const { now: _, clients, ...settings } = options;
  const joined = clients?.map(({ scopes, ...client }) => ({ ...client, scopes: typeof scopes === "string" ? scopes : scopes.join(",") }));
  return JSON.stringify(joined === undefined ? settings : { ...settings, clients: joined });
}

function invalidOptions(problem: string): EmulatorError {
  return new EmulatorError("INVALID_OPTIONS", `createEmulator: ${problem}`);
}
