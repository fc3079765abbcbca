// Uses the types of Node.js instead of the DOM library.
import { AjoClient, type Fetch } from "ajo-limits";
import { setModule } from "ajo-limits/slim";
import { Buffer } from "node:buffer";
import { fetch as undiciFetch } from "undici-types";

const ajo = new AjoClient({ sandbox: "prod", fetch });
new AjoClient({ fetch: undiciFetch });
new AjoClient({ fetch: globalThis.fetch });
new AjoClient({ fetch: (url, init) => fetch(url, init) });
new AjoClient({ fetch: (url, init) => undiciFetch(url, init) });
new AjoClient({ fetch: async (url, init) => new Response(url + init.method) });
void ajo.capping.list({ signal: new AbortController().signal, headers: new Headers() });
void ajo.capping.list({ signal: AbortSignal.timeout(5) });
setModule(Buffer.alloc(8));
export const replacement: Fetch = undiciFetch;
export const authorized: typeof fetch = ajo.auth.fetch;
export const response: Promise<Response> = ajo.auth.fetch(new Request("https://cjm.adobe.io"), { sandbox: "dev", signal: AbortSignal.timeout(5) });

// @ts-expect-error An AbortController is not a signal.
void ajo.capping.list({ signal: new AbortController() });
