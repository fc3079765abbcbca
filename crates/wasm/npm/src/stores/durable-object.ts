import { checkMethods } from "./check-methods.js";
import type { TokenStore } from "./token-store.js";

/** The part of a Durable Object namespace binding that the store uses. */
export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: any): { fetch(url: string, init: { method: string; body: string }): Promise<ObjectResponse> };
}

interface ObjectResponse {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

/** The part of a Durable Object's state that the class uses. */
export interface ObjectState {
  readonly storage: {
    get(key: string): Promise<any>;
    put(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<unknown>;
    setAlarm(time: number): Promise<void>;
  };
  blockConcurrencyWhile<T>(callback: () => Promise<T>): Promise<T>;
}

/** The requests of the store to its object, as JSON. */
type Command = ["get"] | ["set", value: string, ttlSeconds: number] | ["lock", leaseSeconds: number] | ["unlock", ticket: string];

/** Key of the only entry in an object's storage. */
const TOKEN = "token";

/**
 * A token store in Durable Objects, one object per credential: `createDurableObjectStore(env.TOKENS)`. All isolates together make one
 * token request. The Worker exports the class, and its `wrangler.jsonc` binds it:
 *
 * ```ts
 * export { TokenStoreObject } from "ajo-limits/stores/durable-object";
 * ```
 *
 * ```jsonc
 * "durable_objects": { "bindings": [{ "name": "TOKENS", "class_name": "TokenStoreObject" }] },
 * "migrations": [{ "tag": "v1", "new_sqlite_classes": ["TokenStoreObject"] }]
 * ```
 */
export function createDurableObjectStore(namespace: ObjectNamespace): TokenStore {
  checkMethods("createDurableObjectStore", "a Durable Object namespace binding", namespace, "idFromName", "get");
  const run = async (key: string, ...command: Command) => {
    // A new stub each time, because a stub fails forever after its object has thrown.
    const stub = namespace.get(namespace.idFromName(key));
    const response = await stub.fetch("https://token-store/", { method: "POST", body: JSON.stringify(command) });
    const text = await response.text();
    if (!response.ok) throw new Error(`the Durable Object returned status ${response.status}; its class must be TokenStoreObject`);
    try {
      return JSON.parse(text);
    } catch {
      // The error of JSON.parse contains a part of the text.
      throw new Error("the Durable Object did not return JSON; its class must be TokenStoreObject");
    }
  };
  return {
    get: (key) => run(key, "get"),
    set: (key, value, ttlSeconds) => run(key, "set", value, ttlSeconds),
    lock: async (key, leaseSeconds) => {
      const ticket = await run(key, "lock", leaseSeconds);
      return ticket === null ? undefined : () => run(key, "unlock", ticket);
    },
  };
}

/**
 * The class of the objects. Only this store calls it. It uses `fetch` instead of remote procedure calls, so it works with every
 * compatibility date. It does not import `cloudflare:workers`, so Node.js can load it for tests.
 */
export class TokenStoreObject {
  /** Marks the class for `DurableObjectNamespace<TokenStoreObject>`, which `wrangler types` writes. Exists only in the types. */
  declare readonly __DURABLE_OBJECT_BRAND: never;

  readonly #storage: ObjectState["storage"];
  #token: { readonly value: string; readonly expiresAt: number } | undefined;
  /** Only in memory: if the platform restarts the object, a second token request is harmless. */
  #lock: { readonly ticket: string; readonly expiresAt: number } | undefined;

  constructor(state: ObjectState) {
    this.#storage = state.storage;
    void state.blockConcurrencyWhile(async () => {
      this.#token = await this.#storage.get(TOKEN);
    });
  }

  async fetch(request: Request): Promise<Response> {
    const command = (await request.json()) as Command;
    return new Response(JSON.stringify((await this.#run(command)) ?? null));
  }

  /** Deletes the token once it has expired. */
  async alarm(): Promise<void> {
    if (this.#token === undefined || this.#token.expiresAt > Date.now()) return;
    this.#token = undefined;
    await this.#storage.delete(TOKEN);
  }

  /** Nothing is awaited between reading and changing a field, so commands cannot interleave. */
  async #run([action, argument, ttlSeconds]: Command): Promise<string | undefined> {
    const now = Date.now();
    const expiresIn = (seconds: number) => now + seconds * 1000;
    switch (action) {
      case "get":
        return this.#token !== undefined && now < this.#token.expiresAt ? this.#token.value : undefined;
      case "set":
        this.#token = { value: argument, expiresAt: expiresIn(ttlSeconds) };
        await Promise.all([this.#storage.put(TOKEN, this.#token), this.#storage.setAlarm(this.#token.expiresAt)]);
        return undefined;
      case "lock":
        if (this.#lock !== undefined && now < this.#lock.expiresAt) return undefined;
        this.#lock = { ticket: crypto.randomUUID(), expiresAt: expiresIn(argument) };
        return this.#lock.ticket;
      case "unlock":
        if (this.#lock?.ticket === argument) this.#lock = undefined;
        return undefined;
    }
  }
}

export type { TokenStore };
