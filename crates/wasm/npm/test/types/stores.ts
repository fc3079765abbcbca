// The token stores without the types of a platform.
import type { AjoOptions } from "ajo-limits";
import { createDurableObjectStore, type ObjectNamespace, TokenStoreObject } from "ajo-limits/stores/durable-object";
import { createFileStore } from "ajo-limits/stores/file";
import { createKvStore, type KvNamespace } from "ajo-limits/stores/kv";

declare const namespaces: { kv: KvNamespace; objects: ObjectNamespace };

export const options: AjoOptions[] = [
  { tokenStore: createFileStore("/var/lib/limits/tokens") },
  { tokenStore: createKvStore(namespaces.kv) },
  { tokenStore: createDurableObjectStore(namespaces.objects) },
  { tokenStore: { get: () => null, set: () => {}, lock: () => undefined } },
  { tokenStore: { get: async () => undefined, set: async () => {}, lock: async () => () => {} } },
];
export { TokenStoreObject };

// @ts-expect-error not a path
createFileStore(5);
// @ts-expect-error no namespace
createKvStore(new Map<string, string>());
// @ts-expect-error no namespace
createDurableObjectStore(namespaces.kv);
