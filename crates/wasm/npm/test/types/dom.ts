// What takes the platform's own types: compiled with the DOM's library, and with Node.js's types in its place.
import { AjoClient } from "ajo-limits";
import { createEmulator } from "ajo-limits/emulator";
import { setModule } from "ajo-limits/slim";

declare const module: WebAssembly.Module;

const ajo = new AjoClient({ sandbox: "prod", fetch });
new AjoClient({ fetch: (url, init) => fetch(url, init) });
new AjoClient({ fetch: async (url, init) => new Response(url + init.method) });
new AjoClient({ fetch: async () => ({ status: 200, text: async () => "" }), headers: new Headers() });
void ajo.capping.list({ signal: new AbortController().signal });
void ajo.capping.list({ signal: AbortSignal.timeout(5) });
setModule(module);
export const standIn: typeof fetch = createEmulator().fetch;

// @ts-expect-error A controller is not its signal.
void ajo.capping.list({ signal: new AbortController() });
