// The Worker that provides the Durable Objects.
export { TokenStoreObject } from "ajo-limits/stores/durable-object";

export default {
  fetch: () => new Response(null, { status: 404 }),
};
