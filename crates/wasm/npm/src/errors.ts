import type { Finding } from "./models.js";

/** What is known of a failure; what is not known is left out. The fields are those of the error. */
export interface ErrorDetails {
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
  operation?: string | undefined;
  attempts?: number | undefined;
  hint?: string | undefined;
  retryAfterMs?: number | undefined;
  retryable?: boolean | undefined;
  elapsedMs?: number | undefined;
  cause?: unknown;
  body?: string | undefined;
  findings?: readonly Finding[] | undefined;
}

/**
 * Base of every error of this package.
 *
 * `message` is one complete line. Neither it nor any other field holds a token or a secret. `instanceof` also holds for
 * errors of another copy of this package, such as the CommonJS one beside the ES module.
 */
export class AjoError extends Error {
  /**
   * The service's own code (`"1451"`, `"403025"`), or the token host's (`"invalid_client"`), else what happened: `"AUTH"` (no token,
   * and no code that says why), `"REFUSED"`, `"UNREADABLE"`, `"CONNECT"`, `"BROKEN"`, `"TIMEOUT"`, `"NOT_SENT"`, `"ABORTED"`,
   * `"SETTINGS"`, `"REQUEST"`, `"INVALID"`, `"INTERNAL"`.
   */
  declare readonly code: string;
  /** HTTP status of the answer, where there was one. */
  declare readonly status?: number;
  /** Identifier of the request, to be named to Adobe's support. */
  declare readonly requestId?: string;
  /** The call that failed, such as `"capping.create"`; absent while a client is being made. */
  declare readonly operation?: string;
  /** Attempts made; 0 when nothing was sent. */
  declare readonly attempts: number;
  /** What to do next, in a sentence, where that is known. */
  declare readonly hint?: string;
  /** How long the service asks to wait, in milliseconds. The client has not waited for it. */
  declare readonly retryAfterMs?: number;
  /** Whether the same call may succeed when it is made again later. */
  declare readonly retryable?: boolean;
  /** How long the call took in milliseconds, with all its attempts and the waiting between them. */
  declare readonly elapsedMs?: number;
  /**
   * What `fetch`, the token store, the token function or the abort signal gave as the reason, with its own causes: itself where
   * surely nothing in it repeats a token or a secret, else errors with its names, codes, messages and stacks, masked.
   */
  declare readonly cause?: unknown;

  /** For tests of programs that handle these errors; the package makes its own. */
  constructor(message: string, details: ErrorDetails) {
    const { cause, body, attempts = 0, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    for (const [name, value] of Object.entries({ attempts, ...known })) if (value !== undefined) Object.assign(this, { [name]: value });
    // Not enumerable: loggers print what is, and an answer may hold anything.
    if (body !== undefined) Object.defineProperty(this, "body", { value: body });
  }
}

/** The service, or something before it, answered with a failure, or with a success that cannot be read. */
export class AjoHttpError extends AjoError {
  /** The first 16 KiB of the answer's body. Not enumerable, so that loggers leave it out: it may hold anything. */
  declare readonly body?: string;
}

/**
 * No access token could be had (the token host's `code`, else `"AUTH"`: what the token function or the token host gave is none),
 * or the service refuses the one that was sent (401, and 403 for the credential's sake).
 */
export class AjoAuthError extends AjoError {
  /** The first 16 KiB of the answer's body. Not enumerable, so that loggers leave it out: it may hold anything. */
  declare readonly body?: string;
}

/** No connection (`code` `"CONNECT"`), or one that broke inside the answer (`"BROKEN"`). */
export class AjoConnectionError extends AjoError {}

/** No answer in time (`code` `"TIMEOUT"`), or no time left to send at all (`"NOT_SENT"`). */
export class AjoTimeoutError extends AjoError {}

/**
 * The caller's signal ended the call; `cause` is its reason. What was already sent may have been carried out: of a creation that
 * was on its way, `hint` says so.
 */
export class AjoAbortError extends AjoError {}

/** Options or arguments that cannot be used. Nothing was sent. */
export class AjoValidationError extends AjoError {
  /** What the offline rules say, where a definition was checked by them. */
  declare readonly findings?: readonly Finding[];
}

/** A mistake of this package. Other calls that were under way fail with it as well; later ones work. */
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
  // By name, because a minifier may have renamed the class.
  Object.defineProperty(type, "name", { value: name });
  Object.defineProperties(type.prototype, { name: { value: name, configurable: true, writable: true }, [KIND]: { value: name } });
}

Object.defineProperty(AjoError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    const named = Object.entries(CLASSES).find(([, type]) => type === this);
    // A class that a user derived from one of them.
    if (named === undefined) return prototypeTest.call(this, value);
    // Along its prototypes, of whichever copy they are.
    for (let at = value; Object(at) === at; at = Object.getPrototypeOf(at)) {
      if ((at as { [KIND]?: unknown })[KIND] === named[0]) return true;
    }
    return false;
  },
});
