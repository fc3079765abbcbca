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

/** The fields of {@link ErrorJson} besides `name`, `message`, and `cause`. */
const FIELDS = [
  "code",
  "status",
  "requestId",
  "operation",
  "attempts",
  "hint",
  "retryAfterMs",
  "retryable",
  "outcome",
  "live",
  "elapsedMs",
  "diagnostics",
] as const;

/** What {@link AjoError.toJSON} returns. Contains no response body, no stack, and of a foreign cause only its name and code. */
export interface ErrorJson extends Pick<ErrorDetails, (typeof FIELDS)[number]> {
  /** The name of the class, such as `"AjoHttpError"`. */
  name: string;
  message: string;
  cause?: ErrorJson | ForeignErrorJson;
}

/** A cause that is no {@link AjoError}. */
export interface ForeignErrorJson {
  name?: string;
  code?: string;
}

/** Causes of causes to copy. A chain can be a ring. */
const MAX_CAUSES = 5;

/**
 * Base class of all errors of this package.
 *
 * `message` is one line. No field contains a token or a secret. `instanceof` also works for errors of another copy of the package,
 * such as its CommonJS build. `JSON.stringify` keeps all fields except `body`. `structuredClone` and `postMessage` keep only `message` and
 * `stack`, so send `error.toJSON()`, and use {@link errorFromJson} on the other side.
 *
 * The class itself is used when `capping.redeploy`, `capping.setRating`, or `throttling.setThroughput` failed. Then `live` says which
 * limit is live, and `code` is that of the call that failed, `"NOT_DEPLOYED"`: the service does not deploy the saved definition, or
 * `"CONFLICT"`: the value read back is another one.
 */
export class AjoError extends Error {
  /** @internal The class for `instanceof` across copies. Also inherited by a class that a user derives. */
  static get ajoErrorKind(): string {
    return "AjoError";
  }
  /** @internal A minifier may have renamed the class. */
  static override get name(): string {
    return "AjoError";
  }

  /**
   * The code of the service (`"1451"`, `"403025"`) or of the token endpoint (`"invalid_client"`), or a code of this package in upper case,
   * such as `"TIMEOUT"`. Each class documents its codes.
   */
  declare readonly code: string;
  /** HTTP status of the response, if there was one. */
  declare readonly status?: number;
  /** Identifier of the request, for Adobe's support. */
  declare readonly requestId?: string;
  /** The operation, such as `"capping.create"`. Absent for errors of the constructor. */
  declare readonly operation?: string;
  /** Number of attempts, 0 if none was started. An attempt need not have sent anything: it may have got no token or no connection. */
  declare readonly attempts: number;
  /** What to do next, in one sentence, if that is known. */
  declare readonly hint?: string;
  /** The delay that the service asks for, in milliseconds. The client has not waited for it. Can be longer than `setTimeout` can wait, 2 ** 31 - 1. */
  declare readonly retryAfterMs?: number;
  /** Whether a retry may succeed later. */
  declare readonly retryable?: boolean;
  /** What happened to the request: the service `refused` it, it `failed` without an effect, or it may have been processed. */
  declare readonly outcome?: "refused" | "failed" | "unknown";
  /** For `redeploy`, `setRating`, and `setThroughput`: which limit is live now. `none`: only AJO's default cap applies. */
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
    // `Symbol.for`, because two copies of this package share nothing else.
    Object.defineProperty(this, Symbol.for("ajo-limits.error"), { value: new.target.ajoErrorKind });
  }

  /** @internal Inherited, because `Error` puts it into `stack` before a constructor could assign it. */
  override get name(): string {
    return (this.constructor as typeof AjoError).ajoErrorKind;
  }

  /** @internal Some loggers and frameworks assign names. */
  override set name(value: string) {
    Object.defineProperty(this, "name", { value, configurable: true, writable: true });
  }

  /** The fields for `JSON.stringify`, logs, and `postMessage`. */
  toJSON(): ErrorJson {
    return toJson(this, MAX_CAUSES) as ErrorJson;
  }

  /** Whether `value` is an error of this class, created by this or another copy of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that a user derived.
    if (!Object.hasOwn(this, "ajoErrorKind")) return Function.prototype[Symbol.hasInstance].call(this, value);
    let kind: unknown;
    try {
      kind = Object(value)[Symbol.for("ajo-limits.error")];
    } catch {
      // A proxy or a getter of a foreign value.
    }
    return kind !== undefined && (this.ajoErrorKind === kind || this.ajoErrorKind === "AjoError");
  }
}

/**
 * The service or a proxy rejected the call, or its response cannot be parsed.
 *
 * Codes: the service's, such as `"1451"`. `"API"` if the response contains none. `"DECODE"` if a successful response cannot be parsed.
 */
export class AjoHttpError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoHttpError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoHttpError";
  }
  /** The first 16 KiB of the response body. Not enumerable, so that loggers leave it out: it may contain anything. */
  declare readonly body?: string;
}

/**
 * The client could not get an access token, or the service rejected the credential (401, and 403 if the credential is the reason).
 *
 * Codes: the token endpoint's, such as `"invalid_client"`, or the service's, such as `"403025"`. `"AUTH"` if the response contains none,
 * or if `accessToken` returned no token.
 */
export class AjoAuthError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoAuthError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoAuthError";
  }
  /** The first 16 KiB of the response body. Not enumerable, so that loggers leave it out: it may contain anything. */
  declare readonly body?: string;
}

/**
 * The network failed.
 *
 * Codes: `"CONNECT"` if there was no connection, so nothing was sent. `"DISCONNECTED"` if the connection was lost before the end of the
 * response, so the service may have processed the request.
 */
export class AjoConnectionError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoConnectionError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoConnectionError";
  }
}

/**
 * `fetch` refused the request in this process: a permission is missing, a mock has no matching handler, or the runtime has no `fetch`.
 * Nothing was sent, and the client does not retry.
 *
 * Code: `"FETCH_REFUSED"`. `cause` is the error of `fetch`.
 */
export class AjoFetchError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoFetchError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoFetchError";
  }
}

/**
 * The response did not arrive in time.
 *
 * Codes: `"TIMEOUT"`. `"DEADLINE_EXCEEDED"` if no time was left to send the request.
 */
export class AjoTimeoutError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoTimeoutError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoTimeoutError";
  }
}

/**
 * The caller's signal aborted the call; `cause` is its reason. The service may have processed the request. If it was a `create`,
 * `hint` says so.
 *
 * Code: `"ABORTED"`.
 */
export class AjoAbortError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoAbortError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoAbortError";
  }
}

/**
 * Invalid options or arguments. Nothing was sent.
 *
 * Codes: `"CONFIG"` for options of a constructor, `"BUILD_REQUEST"` for arguments of a call, and `"INVALID"` if the offline rules rejected
 * a definition.
 */
export class AjoValidationError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoValidationError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoValidationError";
  }
  /** The diagnostics of the offline rules, if they rejected the definition. */
  declare readonly diagnostics?: readonly Diagnostic[];
}

/**
 * The runtime or test environment cannot run this package. Nothing was sent. `hint` says what to change.
 *
 * Codes: `"NO_WEBASSEMBLY"` if WebAssembly is missing or forbidden; `cause` is the error of the runtime. `"MISSING_GLOBAL"` if a global
 * such as `TextEncoder` is missing.
 */
export class AjoEnvironmentError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoEnvironmentError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoEnvironmentError";
  }
}

/**
 * A bug in this package. Other calls in progress also fail; later calls work.
 *
 * Code: `"INTERNAL"`.
 */
export class AjoInternalError extends AjoError {
  /** @internal */
  static override get ajoErrorKind(): string {
    return "AjoInternalError";
  }
  /** @internal */
  static override get name(): string {
    return "AjoInternalError";
  }
}

/**
 * The error that {@link AjoError.toJSON} described, for example after `postMessage`. It has the same class and fields, but its own
 * `stack`. A class that this version does not know becomes an `AjoError`.
 */
export function errorFromJson(json: ErrorJson): AjoError {
  const classes = [
    AjoHttpError,
    AjoAuthError,
    AjoConnectionError,
    AjoFetchError,
    AjoTimeoutError,
    AjoAbortError,
    AjoValidationError,
    AjoEnvironmentError,
    AjoInternalError,
  ];
  const type = classes.find(({ ajoErrorKind }) => ajoErrorKind === json.name) ?? AjoError;
  return new type(json.message, { ...(knownFields(json) as ErrorDetails), cause: json.cause && causeFromJson(json.cause) });
}

function causeFromJson(json: ErrorJson | ForeignErrorJson): Error {
  return "message" in json ? errorFromJson(json) : Object.assign(new Error(), json);
}

function toJson(error: unknown, causes: number): ErrorJson | ForeignErrorJson | undefined {
  try {
    if (!(error instanceof AjoError)) {
      const { name, code } = Object(error) as Record<string, unknown>;
      return { ...(typeof name === "string" && { name }), ...(typeof code === "string" && { code }) };
    }
    const { name, message } = error;
    const cause = error.cause === undefined || causes === 0 ? undefined : toJson(error.cause, causes - 1);
    return { name, message, ...(knownFields(error) as ErrorDetails), ...(cause && { cause }) };
  } catch {
    // A getter of a foreign error threw.
    return undefined;
  }
}

function knownFields(from: object): object {
  return Object.fromEntries(FIELDS.flatMap((name) => (name in from ? [[name, from[name as never]]] : [])));
}
