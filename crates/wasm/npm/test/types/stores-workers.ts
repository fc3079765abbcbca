// The token stores with the types of Workers.
import { createDurableObjectStore, TokenStoreObject } from "ajo-limits/stores/durable-object";
import { createKvStore } from "ajo-limits/stores/kv";

interface Env {
  KV: KVNamespace;
  OBJECTS: DurableObjectNamespace;
  /** As `wrangler types` writes it. */
  TYPED_OBJECTS: DurableObjectNamespace<TokenStoreObject>;
}

export default {
  fetch(_request, env) {
    createKvStore(env.KV);
    for (const namespace of [env.OBJECTS, env.TYPED_OBJECTS, env.OBJECTS.jurisdiction("eu")]) createDurableObjectStore(namespace);
    // @ts-expect-error the wrong binding
    createKvStore(env.OBJECTS);
    // @ts-expect-error the wrong binding
    createDurableObjectStore(env.KV);
    return new Response();
  },
} satisfies ExportedHandler<Env>;

export const objectClass: new (state: DurableObjectState, env: Env) => DurableObject = TokenStoreObject;
export { TokenStoreObject };
