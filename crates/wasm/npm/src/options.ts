import type { Logger, LogLevel, LogSettings } from "./logger.js";
import type { Fetch, Signal } from "./platform.js";
import type { ReleaseLock, TokenStore } from "./stores/token-store.js";

export type { ReleaseLock, TokenStore };

/** Additional headers. Values of one name are joined with a comma. A header of a call replaces the client's header of that name. */
export type ExtraHeaders = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/**
 * Options of a client: `sandbox` (optional for `AjoAuth`), and one of `credentials`, `accessToken` (with `clientId` and `orgId`), `clientSecret` or
 * `clientSecrets` (with `clientId`, `orgId` and `scopes`). The constructor throws an `AjoValidationError` for a missing option, and
 * for an option that has no effect with the others.
 */
export interface AjoOptions {
  /** The client id of an OAuth server-to-server credential. */
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  /** Both secrets during a rotation. The second is tried if the first is rejected. */
  clientSecrets?: readonly string[] | undefined;
  /** The organization, `…@AdobeOrg`. */
  orgId?: string | undefined;
  /** An array, or a comma-separated string. */
  scopes?: string | readonly string[] | undefined;
  /** The name of the sandbox, such as `"prod"`. */
  sandbox?: string | undefined;
  /** A credential file of the Adobe Developer Console in any of its formats: the parsed JSON, or the JSON as a string. */
  credentials?: object | string | undefined;
  /** Selects a credential if `credentials` contains several. */
  credentialName?: string | undefined;
  /**
   * An access token, or a function that returns one. Every call invokes the function, so it should cache its token. It is invoked
   * again after the service rejects a token.
   */
  accessToken?: string | (() => string | Promise<string>) | undefined;
  /** The URL of the service. Default: Adobe's production gateway. */
  baseUrl?: string | undefined;
  /** The URL of the token endpoint's server. Default: Adobe's production server. Unused with `accessToken`. */
  imsUrl?: string | undefined;
  /**
   * More hosts to which `auth.fetch` may send the token: `host` or `host:port` in lower case. They need https, except for loopback
   * addresses.
   */
  allowedHosts?: readonly string[] | undefined;
  /** Replaces the global `fetch`. Called without `this`. */
  fetch?: Fetch | undefined;
  /** Shares tokens between processes. Unused with `accessToken`. */
  tokenStore?: TokenStore | undefined;
  /** Time limit of a call in milliseconds, including all attempts and the delays between them. */
  timeoutMs?: number | undefined;
  /** Time limit of one attempt in milliseconds: of its request to the service, without a token request before it. */
  attemptTimeoutMs?: number | undefined;
  /** Maximum attempts of a call, including the first. */
  maxAttempts?: number | undefined;
  /** Headers for every call. */
  headers?: ExtraHeaders | undefined;
  /**
   * More options for `fetch`, such as `{ dispatcher }` or `{ keepalive: true }`. They are passed through. `method`, `headers`, `body`,
   * `redirect`, and `signal` are the client's.
   */
  fetchOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Receives events about attempts, responses, retries and tokens. Its exceptions are ignored. */
  onEvent?: ((event: AjoEvent) => void) | undefined;
  /**
   * What to log. Default: the environment variable `AJO_LOG`, otherwise `"warn"` with `logger`, and `"off"` without it.
   *
   * `"error"`: failed calls; `"warn"`: also retries and failures of the token; `"info"`: also successful calls and token requests;
   * `"debug"`: also every attempt with its URL, status, and request id. No line contains a header value, a body, the value of a query
   * parameter, or a secret.
   */
  logLevel?: LogLevel | undefined;
  /** Receives the lines of the log, for example `pino()`. Default: `console`. Its exceptions are ignored. */
  logger?: Logger | undefined;
}

/** Options of one call. They override the client's. */
export interface CallOptions {
  /** Ends the call with an `AjoAbortError`. */
  signal?: Signal | undefined;
  /** Time limit of the call in milliseconds, including all attempts and the delays between them. */
  timeoutMs?: number | undefined;
  /** Time limit of one attempt in milliseconds: of its request to the service, without a token request before it. */
  attemptTimeoutMs?: number | undefined;
  /** Maximum attempts, including the first. */
  maxAttempts?: number | undefined;
  /** Headers for this call, in addition to the client's. */
  headers?: ExtraHeaders | undefined;
  /** More options for `fetch`, in addition to the client's. */
  fetchOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of a call that only gets a token. */
export type TokenOptions = Pick<CallOptions, "signal" | "timeoutMs">;

/** The sandbox of a request. */
export interface SandboxOption {
  /** Default: the option `sandbox` of the constructor. `null` for an API without sandboxes: the header is not sent. */
  sandbox?: string | null | undefined;
}

/** A value of a query parameter. An array is sent as several parameters of the same name, and `undefined` is left out. */
export type QueryValue = string | number | boolean | undefined | readonly (string | number | boolean)[];

/** Options of `AjoClient.request`. `headers` can also replace `accept` and `content-type`, which are `application/json`. */
export interface RequestOptions extends CallOptions {
  query?: Readonly<Record<string, QueryValue>> | undefined;
  /** Sent as JSON. */
  body?: unknown;
}

/** A new rating for one service of a capping configuration. */
export interface ServiceRating {
  /** Required if the configuration limits both services. */
  readonly service?: "action" | "dataSource" | undefined;
  /** Maximum number of calls in one period. */
  readonly maxCallsCount: number;
  /** Length of the period in milliseconds. */
  readonly periodInMs: number;
}

/** An event for `onEvent`. No event contains a token or a secret. */
export type AjoEvent =
  | { readonly type: "attempt"; readonly operation: string; readonly attempt: number; readonly requestId: string }
  | {
      /** An attempt has ended. */
      readonly type: "response";
      readonly operation: string;
      readonly attempt: number;
      /** Absent if there was no response. */
      readonly status?: number;
      readonly durationMs: number;
    }
  | {
      readonly type: "retry";
      readonly operation: string;
      readonly attempt: number;
      readonly afterMs: number;
      readonly status?: number;
    }
  | { readonly type: "token"; readonly source: "tokenEndpoint" | "store"; readonly ok: boolean }
  /** The token store has failed. The client requests a token if it has none. */
  | { readonly type: "store"; readonly problem: string };

/** The options that the module does not get: functions, and what concerns requests only. */
export interface ClientSettings extends LogSettings {
  readonly fetch: Fetch | undefined;
  readonly tokenStore: TokenStore | undefined;
  readonly accessToken: (() => string | Promise<string>) | undefined;
  readonly onEvent: ((event: AjoEvent) => void) | undefined;
  readonly call: CallSettings;
}

/** The options that a call can override. */
export interface CallSettings {
  readonly timeoutMs: number | undefined;
  readonly attemptTimeoutMs: number | undefined;
  readonly maxAttempts: number | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly fetchOptions: Readonly<Record<string, unknown>> | undefined;
}
