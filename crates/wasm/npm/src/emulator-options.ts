import { EmulatorError } from "./emulator-error.js";

/** A credential that the emulator accepts. */
export interface EmulatorCaller {
  /** The client id, which is also the API key. */
  clientId: string;
  /** The client secrets; any of them is accepted. At least one. */
  clientSecrets: readonly string[];
  /** The organization that it belongs to, such as `A1B2@AdobeOrg`. Each organization is a world of its own. */
  orgId: string;
  /** The scopes that it may ask for: an array, or a text with commas. */
  scopes: string | readonly string[];
}

/** A sandbox that every organization of the emulator has. */
export interface EmulatorSandbox {
  /** Its name. */
  name: string;
  /** Whether it is for production; throttling can be configured on such a one only. */
  production: boolean;
}

/** How an emulator is to be. All of it is optional; an option that does not exist is an error. */
export interface EmulatorOptions {
  /** The credentials that it accepts; the first is the one in `emulator.options`. One made-up client by default. */
  callers?: readonly EmulatorCaller[];
  /** The sandboxes; the first is the one in `emulator.options`. `prod` (for production) and `dev` by default. */
  sandboxes?: readonly EmulatorSandbox[];
  /** How long a token lives, in whole seconds; 86,399 by default, the service's usual. */
  tokenLifetimeSeconds?: number;
  /** The scopes that a token must have been granted for. None by default: which ones the service wants is not published. */
  requiredScopes?: readonly string[];
  /** `strict` (the default): as the service; `lenient`: any key and token will do; `off`: no header is needed. */
  auth?: "strict" | "lenient" | "off";
  /** How many configurations a sandbox can have (20,000), calls a journal keeps (1,000) and tokens are valid at a time (10,000). */
  limits?: { configs?: number; journal?: number; tokens?: number };
  /** The same seed and the same calls give the same identifiers, tokens and chance. A whole number; 0 by default. */
  seed?: number;
  /**
   * The real time that the emulator's clock goes by, in milliseconds since the epoch. `Date.now` by default, which is looked up
   * for every call, so that the fake timers of a test framework work.
   */
  now?: () => number;
}

const KNOWN = ["callers", "sandboxes", "tokenLifetimeSeconds", "requiredScopes", "auth", "limits", "seed", "now"];

/** The settings as the core reads them. What they mean is checked there. */
export function settingsOf(options: EmulatorOptions): string {
  if (typeof options !== "object" || options === null) {
    throw new EmulatorError("OPTIONS", `the emulator's options are an object, not ${options === null ? "null" : typeof options}`);
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  // Named here and not by the core, which knows neither `now` nor how it is spelled.
  if (unknown !== undefined) {
    throw new EmulatorError("OPTIONS", `the emulator has no option ${unknown}; it has ${KNOWN.join(", ")}`);
  }
  if (options.now !== undefined && typeof options.now !== "function") {
    throw new EmulatorError("OPTIONS", "the option now is a function that gives milliseconds since the epoch");
  }
  const { now: _, callers, ...settings } = options;
  const joined = callers?.map(({ scopes, ...caller }) => ({ ...caller, scopes: typeof scopes === "string" ? scopes : scopes.join(",") }));
  return JSON.stringify(joined === undefined ? settings : { ...settings, callers: joined });
}
