// A token store in the state of Adobe App Builder. It has no compare-and-set, so this store has no lock: actions that start at the
// same time may each request a token.
import type { AdobeState } from "@adobe/aio-lib-state";
import type { TokenStore } from "ajo-limits";

/** Creates a store with the result of `init()` of the package `@adobe/aio-lib-state`. */
export function createStateStore(state: Pick<AdobeState, "get" | "put">): TokenStore {
  // A key can contain letters, digits, "-", "_", and ".".
  const stateKey = (key: string) => `ajo-limits.token.${key}`;
  return {
    get: async (key) => (await state.get(stateKey(key)))?.value,
    async set(key, value, ttlSeconds) {
      try {
        await state.put(stateKey(key), value, { ttl: ttlSeconds });
      } catch (error) {
        // The details of this library's errors contain the value, and so the token.
        throw new Error(`the token was not stored: ${(error as { code?: string }).code}`);
      }
    },
  };
}
