// Uses the platform's own types. Compiled with the DOM library.
import { AjoClient } from "ajo-limits";
import { setModule } from "ajo-limits/slim";

declare const module: WebAssembly.Module;

const ajo = new AjoClient({ sandbox: "prod", fetch });
new AjoClient({ fetch: (url, init) => fetch(url, init) });
new AjoClient({ fetch: async (url, init) => new Response(url + init.method) });
new AjoClient({ fetch: async () => ({ status: 200, text: async () => "" }), headers: new Headers() });
void ajo.capping.list({ signal: new AbortController().signal });
void ajo.capping.list({ signal: AbortSignal.timeout(5) });
setModule(module);

export const authorized: typeof fetch = ajo.auth.fetch;
export const response: Promise<Response> = ajo.auth.fetch(new URL("https://cjm.adobe.io"), { sandbox: null, body: new FormData() });

// @ts-expect-error An AbortController is not a signal.
void ajo.capping.list({ signal: new AbortController() });
