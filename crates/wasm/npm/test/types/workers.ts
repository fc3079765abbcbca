// Uses the types of Cloudflare Workers instead of the DOM library.
import { AjoClient, type AjoOptions, type Fetch } from "ajo-limits";
import core from "ajo-limits/core.wasm";
import { setModule } from "ajo-limits/slim";
import type { WorkerEntrypoint } from "cloudflare:workers";

interface Env {
  CLIENT_SECRET: string;
  /** A service binding, for example to a proxy. */
  SERVICE: Fetcher;
  TOKENS: KVNamespace;
  /** A stub of a Durable Object, and a binding with methods of its own, as `wrangler types` writes it. */
  OBJECT: DurableObjectStub;
  RPC: Service<WorkerEntrypoint>;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const options: AjoOptions = {
      clientSecret: env.CLIENT_SECRET,
      sandbox: "prod",
      fetch,
      tokenStore: {
        get: (key) => env.TOKENS.get(key),
        set: (key, value, ttl) => env.TOKENS.put(key, value, { expirationTtl: Math.max(ttl, 60) }),
      },
    };
    const ajo = new AjoClient(options);
    for (const binding of [env.OBJECT, env.RPC]) new AjoClient({ fetch: (url, init) => binding.fetch(url, init) });
    new AjoClient({ fetch: env.RPC.fetch.bind(env.RPC) });
    new AjoClient({ fetch: env.SERVICE.fetch });
    new AjoClient({ fetch: env.SERVICE.fetch.bind(env.SERVICE) });
    new AjoClient({ fetch: (url, init) => env.SERVICE.fetch(url, init) });
    new AjoClient({ fetch: async (url, init) => fetch(new Request(url, init)), headers: new Headers() });
    const replacement: Fetch = globalThis.fetch;
    const authorized: typeof fetch = ajo.auth.fetch;
    const forwarded: Response = await ajo.auth.fetch(new Request("https://cjm.adobe.io", request), { sandbox: "dev", cf: { cacheTtl: 5 } });
    if (!forwarded.ok) return authorized(request.url);
    // The platform's own types are inside a signal and a module.
    const configs = await ajo.capping.list({ signal: request.signal });
    await ajo.capping.list({ signal: AbortSignal.timeout(5) });
    // @ts-expect-error An AbortController is not a signal.
    await ajo.capping.list({ signal: new AbortController() });
    const module: WebAssembly.Module = core;
    setModule(module);
    return Response.json([configs, replacement.length]);
  },
};
