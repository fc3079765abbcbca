/**
 * Shares tokens between processes or isolates. A store maps keys to opaque strings. The keys contain no secret; the values contain
 * access tokens, so protect them.
 *
 * A store does not need to be reliable. If a method throws, rejects, does not respond in time, or returns garbage, the client
 * requests a token, and the call continues. Errors must not contain a value.
 *
 * Ready-made stores: `ajo-limits/stores/kv`, `ajo-limits/stores/durable-object`, `ajo-limits/stores/file`.
 */
export interface TokenStore {
  /** The value of a key; `null` or `undefined` if the key is missing. Expired values may be returned: the client ignores them. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /** Replaces the value of a key. The store can delete it after `ttlSeconds`, a positive integer. */
  set(key: string, value: string, ttlSeconds: number): unknown;
  /**
   * Locks a key for `leaseSeconds`, so that one client requests a token while the others wait for it. Without this method, each
   * client may request a token of its own.
   *
   * Returns at once: a function that releases the lock, or `undefined` while another client holds it. The lock ends by itself after
   * `leaseSeconds`, because a stopped process never releases it. A release after that must not release the lock of the next holder.
   */
  lock?(key: string, leaseSeconds: number): Promise<ReleaseLock | undefined> | ReleaseLock | undefined;
}

/** Releases a lock. The client waits for a returned promise. */
export type ReleaseLock = () => unknown;
