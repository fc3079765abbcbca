import { checkMethods } from "./check-methods.js";
import type { TokenStore } from "./token-store.js";

/** The part of a Workers KV binding that the store uses. */
export interface KvNamespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
}

/** Prefix of the keys, so that the namespace can also be used for other data. */
const PREFIX = "ajo-limits:token:";

/** The minimum `expirationTtl` of Workers KV. Source: its documentation. */
const MIN_TTL_SECONDS = 60;

/**
 * A token store in Workers KV: `createKvStore(env.TOKENS)`.
 *
 * KV is eventually consistent and has no locks: isolates that start at the same time may each request a token, and a new token is
 * visible in other places after a minute or more. For one token request in total, use `ajo-limits/stores/durable-object`.
 */
export function createKvStore(namespace: KvNamespace): TokenStore {
  checkMethods("createKvStore", "a KV namespace binding", namespace, "get", "put");
  return {
    get: (key) => namespace.get(PREFIX + key),
    set: (key, value, ttlSeconds) => namespace.put(PREFIX + key, value, { expirationTtl: Math.max(MIN_TTL_SECONDS, Math.ceil(ttlSeconds)) }),
  };
}

export type { TokenStore };
