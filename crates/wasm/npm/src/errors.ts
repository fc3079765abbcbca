import type { Diagnostic } from "./models.js";

/** The fields of an {@link AjoError}. Unknown ones are absent. */
export interface ErrorDetails {
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
  operation?: string | undefined;
  attempts?: number | undefined;
  hint?: string | undefined;
  retryAfterMs?: number | undefined;
  retryable?: boolean | undefined;
  outcome?: "refused" | "failed" | "unknown" | undefined;
  live?: "old" | "none" | "unknown" | undefined;
  elapsedMs?: number | undefined;
  cause?: unknown;
  body?: string | undefined;
  diagnostics?: readonly Diagnostic[] | undefined;
}

/**
 * Base class of all errors of this package.
 *
 * `message` is one line. No field contains a token or a secret. `instanceof` also works for errors of another copy of the package,
 * such as its CommonJS build.
 */
export class AjoError extends Error {
  /**
   * The code of the service (`"1451"`, `"403025"`) or of the token endpoint (`"invalid_client"`). Otherwise: `"AUTH"`,
   * `"API"`, `"DECODE"`, `"CONNECT"`, `"DISCONNECTED"`, `"TIMEOUT"`, `"DEADLINE_EXCEEDED"`, `"ABORTED"`, `"CONFIG"`, `"BUILD_REQUEST"`,
   * `"INVALID"`, `"NOT_DEPLOYED"` (`redeploy`), or `"INTERNAL"`.
   */
  declare readonly code: string;
  /** HTTP status of the response, if there was one. */
  declare readonly status?: number;
  /** Identifier of the request, for Adobe's support. */
  declare readonly requestId?: string;
  /** The operation, such as `"capping.create"`. Absent for errors of the constructor. */
  declare readonly operation?: string;
  /** Number of attempts; 0 if nothing was sent. */
  declare readonly attempts: number;
  /** What to do next, in one sentence, if that is known. */
  declare readonly hint?: string;
  /** The delay that the service asks for, in milliseconds. The client has not waited for it. */
  declare readonly retryAfterMs?: number;
  /** Whether a retry may succeed later. */
  declare readonly retryable?: boolean;
  /** What happened to the request: the service `refused` it, it `failed` without an effect, or it may have been processed. */
  declare readonly outcome?: "refused" | "failed" | "unknown";
  /** For `capping.redeploy`: which limit is live now. `none`: only AJO's default cap applies. */
  declare readonly live?: "old" | "none" | "unknown";
  /** Duration of the call in milliseconds, including all attempts and the delays between them. */
  declare readonly elapsedMs?: number;
  /**
   * The error of `fetch`, `tokenStore`, or `accessToken`, or the reason of the abort signal. It is the original error when it
   * provably contains no secret; otherwise it is a redacted copy of the error and its causes.
   */
  declare readonly cause?: unknown;

  /** Public, so that tests of a program's error handling can create errors. */
  constructor(message: string, details: ErrorDetails) {
    const { cause, body, attempts = 0, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    for (const [name, value] of Object.entries({ attempts, ...known })) if (value !== undefined) Object.assign(this, { [name]: value });
    // Not enumerable, so that loggers leave it out: a response may contain anything.
    if (body !== undefined) Object.defineProperty(this, "body", { value: body });
  }
}

/** The service or a proxy rejected the call, or its response cannot be parsed. */
export class AjoHttpError extends AjoError {
  /** The first 16 KiB of the response body. Not enumerable, so that loggers leave it out: it may contain anything. */
  declare readonly body?: string;
}

/**
 * The client could not get an access token, or the service rejected the credential (401, and 403 if the credential is the reason).
 * `code` is `"AUTH"` if the token endpoint gave no code, or `accessToken` returned no token.
 */
export class AjoAuthError extends AjoError {
  /** The first 16 KiB of the response body. Not enumerable, so that loggers leave it out: it may contain anything. */
  declare readonly body?: string;
}

/** The connection failed (`code` `"CONNECT"`), or it was lost before the end of the response (`"DISCONNECTED"`). */
export class AjoConnectionError extends AjoError {}

/** The response did not arrive in time (`code` `"TIMEOUT"`), or no time was left to send the request (`"DEADLINE_EXCEEDED"`). */
export class AjoTimeoutError extends AjoError {}

/**
 * The caller's signal aborted the call; `cause` is its reason. The service may have processed the request. If it was a `create`,
 * `hint` says so.
 */
export class AjoAbortError extends AjoError {}

/** Invalid options or arguments. Nothing was sent. */
export class AjoValidationError extends AjoError {
  /** The diagnostics of the offline rules, if they rejected the definition. */
  declare readonly diagnostics?: readonly Diagnostic[];
}

/** A bug in this package. Other calls in progress also fail; later calls work. */
export class AjoInternalError extends AjoError {}

// `Symbol.for`, because two copies of this package share nothing else.
const KIND = Symbol.for("ajo-limits.error");
const prototypeTest = Function.prototype[Symbol.hasInstance] as (this: unknown, value: unknown) => boolean;

const CLASSES = {
  AjoError,
  AjoHttpError,
  AjoAuthError,
  AjoConnectionError,
  AjoTimeoutError,
  AjoAbortError,
  AjoValidationError,
  AjoInternalError,
};

for (const [name, type] of Object.entries(CLASSES)) {
  // A minifier may have renamed the class.
  Object.defineProperty(type, "name", { value: name });
  Object.defineProperties(type.prototype, { name: { value: name, configurable: true, writable: true }, [KIND]: { value: name } });
}

Object.defineProperty(AjoError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    const named = Object.entries(CLASSES).find(([, type]) => type === this);
    // A class that a user derived.
    if (named === undefined) return prototypeTest.call(this, value);
    // Compare names along the prototype chain, which may belong to another copy.
    for (let current = value; Object(current) === current; current = Object.getPrototypeOf(current)) {
      if ((current as { [KIND]?: unknown })[KIND] === named[0]) return true;
    }
    return false;
  },
});
