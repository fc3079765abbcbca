// The compared client libraries. Each function returns a client with `list` and `get`.

export async function ajoLimits(settings) {
  const { AjoClient } = await import("ajo-limits");
  const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = settings;
  const ajo = new AjoClient({ clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl });
  return { list: () => ajo.capping.list(), get: (uid) => ajo.capping.get(uid), create: (config) => ajo.capping.create(config) };
}

/** openapi-fetch, with a hand-written token cache: any caller fetches a token when it has expired. */
export async function openapiFetch(settings) {
  const { default: createClient } = await import("openapi-fetch");
  let cached;
  const token = async () => {
    if (!cached || Date.now() > cached.expiresAt) {
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        scope: settings.scopes,
      });
      const response = await fetch(`${settings.imsUrl}/ims/token/v3`, { method: "POST", body: form });
      if (!response.ok) throw new Error(`token: ${response.status}`);
      const { access_token, expires_in } = await response.json();
      cached = { value: access_token, expiresAt: Date.now() + expires_in * 1000 - 60_000 };
    }
    return cached.value;
  };
  const client = createClient({ baseUrl: settings.baseUrl });
  client.use({
    async onRequest({ request }) {
      for (const [name, value] of Object.entries(headers(settings, await token()))) request.headers.set(name, value);
      return request;
    },
  });
  const unwrap = ({ data, error }) => {
    if (error) throw new Error(JSON.stringify(error));
    return data;
  };
  return {
    list: async () => unwrap(await client.POST("/list/endpointConfigs", { body: {} })).results,
    get: async (uid) => unwrap(await client.GET("/endpointConfigs/{uid}", { params: { path: { uid } } })).result,
  };
}

/** Adobe's token library with fetch. It only calls Adobe's token endpoint, so its requests are redirected to the emulator. */
export async function adobeAuth(settings) {
  const adobeUrl = "https://ims-na1.adobelogin.com";
  const originalFetch = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    originalFetch(typeof input === "string" && input.startsWith(adobeUrl) ? input.replace(adobeUrl, settings.imsUrl).replace("/v2", "/v3") : input, init);
  const { default: auth } = await import("@adobe/aio-lib-core-auth");
  const { clientId, clientSecret, orgId } = settings;
  const scopes = settings.scopes.split(",");
  const call = async (method, path, body) => {
    const { access_token } = await auth.generateAccessToken({ clientId, clientSecret, orgId, scopes }, "prod");
    const init = { method, headers: headers(settings, access_token) };
    if (body) Object.assign(init, { body: JSON.stringify(body), headers: { ...init.headers, "content-type": "application/json" } });
    const response = await fetch(`${settings.baseUrl}${path}`, init);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    list: async () => (await call("POST", "/list/endpointConfigs", {})).results,
    get: async (uid) => (await call("GET", `/endpointConfigs/${uid}`)).result,
  };
}

/** A minimal hand-written client: `fetch` with a time limit, a signal, and retries of a GET. No token renewal, no error messages. */
export async function minimalByHand(settings) {
  const { baseUrl } = settings;
  const token = await requestToken(settings);
  const call = async (method, path, { body, signal, timeoutMs = 30_000, maxAttempts = 3 } = {}) => {
    for (let attempt = 1; ; attempt += 1) {
      const controller = new AbortController();
      const abort = () => controller.abort(signal?.reason);
      signal?.addEventListener("abort", abort);
      const timer = setTimeout(abort, timeoutMs);
      try {
        const init = { method, headers: { ...headers(settings, token), accept: "application/json" }, signal: controller.signal };
        if (body !== undefined) Object.assign(init, { body, headers: { ...init.headers, "content-type": "application/json" } });
        const response = await fetch(`${baseUrl}${path}`, init);
        const text = await response.text();
        if (response.status >= 200 && response.status < 300) return JSON.parse(text);
        if (attempt === maxAttempts || response.status < 500) throw Object.assign(new Error(`${response.status} ${text}`), { isFinal: true });
      } catch (error) {
        if (attempt === maxAttempts || error.isFinal || signal?.aborted || method !== "GET") throw error;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      }
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 100 * Math.random()));
    }
  };
  return {
    list: async () => (await call("POST", "/list/endpointConfigs", { body: "{}" })).results,
    get: async (uid) => (await call("GET", `/endpointConfigs/${encodeURIComponent(uid)}`)).result,
  };
}

/** `fetch` with one token. The lower bound: no token renewal, no retries, no error messages. */
export async function bareFetch(settings) {
  const { baseUrl } = settings;
  const init = { headers: headers(settings, await requestToken(settings)) };
  const readJson = async (response) => {
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  };
  const json = { ...init.headers, "content-type": "application/json" };
  return {
    list: async () => (await readJson(await fetch(`${baseUrl}/list/endpointConfigs`, { method: "POST", headers: json, body: "{}" }))).results,
    get: async (uid) => (await readJson(await fetch(`${baseUrl}/endpointConfigs/${uid}`, init))).result,
  };
}

async function requestToken({ clientId, clientSecret, scopes, imsUrl }) {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: scopes });
  return (await (await fetch(`${imsUrl}/ims/token/v3`, { method: "POST", body: form })).json()).access_token;
}

function headers({ clientId, orgId, sandbox }, token) {
  return {
    authorization: `Bearer ${token}`,
    "x-api-key": clientId,
    "x-gw-ims-org-id": orgId,
    "x-sandbox-name": sandbox,
  };
}
