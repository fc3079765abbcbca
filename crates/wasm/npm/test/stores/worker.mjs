// One of many Workers that share a token store. Each has its own isolate.
import { AjoClient } from "ajo-limits";
import { createDurableObjectStore } from "ajo-limits/stores/durable-object";
import { createKvStore } from "ajo-limits/stores/kv";

const KEY = "0f".repeat(32);
const LEASE_SECONDS = 2;

/** Releases the lock of this isolate. */
let release;
let client;

const STORES = {
  "durable-object": (env) => createDurableObjectStore(env.OBJECTS),
  kv: (env) => createKvStore(env.KV),
  none: () => undefined,
};

const COMMANDS = {
  get: (store) => store.get(KEY),
  set: async (store, { value, ttlSeconds }) => void (await store.set(KEY, value, ttlSeconds)),
  lock: async (store) => {
    const acquired = await store.lock(KEY, LEASE_SECONDS);
    release = acquired ?? release;
    return acquired !== undefined;
  },
  release: async () => void (await release()),
  /** Creates the client. It requests its token with the first call. */
  open: (tokenStore, { options }) => {
    client = new AjoClient({ ...options, tokenStore });
  },
  list: async () => (await client.capping.list()).length,
};

export default {
  async fetch(request, env) {
    const { store, command, ...input } = await request.json();
    try {
      return Response.json({ result: (await COMMANDS[command](STORES[store](env), input)) ?? null });
    } catch (error) {
      return Response.json({ error: String(error?.message ?? error) });
    }
  },
};
