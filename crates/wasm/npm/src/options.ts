import type { Fetch, Signal } from "./platform.js";

/** Where tokens are kept beyond one process: Workers KV, Redis, a `Map`. What it fails in costs a token request, never a call. */
export interface TokenStore {
  /** The value under a key; `null` or `undefined` when there is none. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /** Keeps a value for so many seconds. The key holds no secret, the value does. */
  set(key: string, value: string, ttlSeconds: number): unknown;
}

/** Headers sent besides the client's own. Values of one name are joined with a comma; a call's replaces the client's of the same name. */
export type ExtraHeaders = Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/**
 * How a client gets its credential and reaches the service: a `sandbox`, and either `credentials`, or `accessToken` with `clientId`
 * and `orgId`, or `clientSecret` (or `clientSecrets`) with `clientId`, `orgId` and `scopes`. What is missing, and what would mean
 * nothing beside the others, is an `AjoValidationError` that names it.
 */
export interface AjoOptions {
  /** The client id of an OAuth server-to-server credential. */
  clientId?: string | undefined;
  /** Its secret. */
  clientSecret?: string | undefined;
  /** Its secrets while they are rotated; the second one is tried when the first is refused. */
  clientSecrets?: readonly string[] | undefined;
  /** The organization, `…@AdobeOrg`. */
  orgId?: string | undefined;
  /** Scopes, as an array or separated by commas. */
  scopes?: string | readonly string[] | undefined;
  /** The sandbox by its name, such as `"prod"`. */
  sandbox?: string | undefined;
  /** A downloaded credential: the parsed JSON, or its text, of any format that the console gives. */
  credentials?: object | string | undefined;
  /** Which credential is meant, where `credentials` holds several. */
  credentialName?: string | undefined;
  /**
   * An access token, or a function that has one. Every call asks it, so it should keep its token itself; it is asked again when the
   * service refuses what it gave.
   */
  accessToken?: string | (() => string | Promise<string>) | undefined;
  /** Where the service is. Default: Adobe's production gateway. */
  baseUrl?: string | undefined;
  /** Where tokens are issued. Default: Adobe's production host. Nothing is asked of it with `accessToken`. */
  imsUrl?: string | undefined;
  /** In place of the global `fetch`. It is called without `this`. */
  fetch?: Fetch | undefined;
  /** Shares tokens beyond this process. Not asked with `accessToken`. */
  tokenStore?: TokenStore | undefined;
  /** Longest time of one call in milliseconds, with all its attempts and the waiting between them. */
  timeoutMs?: number | undefined;
  /** Most attempts of one call, the first one counted. */
  maxAttempts?: number | undefined;
  /** Headers sent with every call. */
  headers?: ExtraHeaders | undefined;
  /** Hears of attempts, answers and tokens. What it throws is ignored. */
  onEvent?: ((event: AjoEvent) => void) | undefined;
}

/** What can be different for one call. */
export interface CallOptions {
  /** Ends the call with an `AjoAbortError`. */
  signal?: Signal | undefined;
  /** Longest time of the call in milliseconds, with all its attempts and the waiting between them. */
  timeoutMs?: number | undefined;
  /** Most attempts, the first one counted. */
  maxAttempts?: number | undefined;
  /** Headers sent with this call, besides those of the client. */
  headers?: ExtraHeaders | undefined;
}

/** What a client tells while it works. No event holds a token or a secret. */
export type AjoEvent =
  | { readonly type: "attempt"; readonly operation: string; readonly attempt: number; readonly requestId: string }
  | {
      readonly type: "answer";
      readonly operation: string;
      readonly attempt: number;
      /** Absent when there was no answer. */
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
  | { readonly type: "token"; readonly source: "host" | "store"; readonly ok: boolean }
  /** The token store has failed, which costs at most a request for a token. */
  | { readonly type: "store"; readonly problem: string };

/** The caller's own functions among the options. */
export interface Helpers {
  readonly fetch: Fetch | undefined;
  readonly tokenStore: TokenStore | undefined;
  readonly accessToken: (() => string | Promise<string>) | undefined;
  readonly onEvent: ((event: AjoEvent) => void) | undefined;
}
