// A token store on a Redis server, shared by several machines. The names and values are the same as in the Rust crate's `RedisStore`, so
// both can use one server.
import { randomUUID } from "node:crypto";
import type { TokenStore } from "ajo-limits";
import type { createClient } from "redis";

/** Deletes a lock only if it still has this ticket: after the lease, the lock can have another holder. */
const UNLOCK_SCRIPT = 'if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end';

/** Creates a store with a connected client of the package `redis`. */
export function createRedisStore(redis: ReturnType<typeof createClient>): TokenStore {
  const tokenKey = (key: string) => `ajo-limits:token:${key}`;
  const lockKey = (key: string) => `ajo-limits:lock:${key}`;
  return {
    get: (key) => redis.get(tokenKey(key)),
    set: (key, value, ttlSeconds) => redis.set(tokenKey(key), value, { expiration: { type: "EX", value: ttlSeconds } }),
    async lock(key, leaseSeconds) {
      const ticket = randomUUID();
      const acquired = await redis.set(lockKey(key), ticket, { condition: "NX", expiration: { type: "PX", value: leaseSeconds * 1000 } });
      return acquired === null ? undefined : () => redis.eval(UNLOCK_SCRIPT, { keys: [lockKey(key)], arguments: [ticket] });
    },
  };
}
