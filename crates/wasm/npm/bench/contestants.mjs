// The contestants: each returns a client with `list` and `get`.

/** ajo-limits. */
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
    if (!cached || Date.now() > cached.until) {
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        scope: settings.scopes,
      });
      const answer = await fetch(`${settings.imsUrl}/ims/token/v3`, { method: "POST", body: form });
      if (!answer.ok) throw new Error(`token: ${answer.status}`);
      const { access_token, expires_in } = await answer.json();
      cached = { value: access_token, until: Date.now() + expires_in * 1000 - 60_000 };
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
  const value = ({ data, error }) => {
    if (error) throw new Error(JSON.stringify(error));
    return data;
  };
  return {
    list: async () => value(await client.POST("/list/endpointConfigs", { body: {} })).results,
    get: async (uid) => value(await client.GET("/endpointConfigs/{uid}", { params: { path: { uid } } })).result,
  };
}

/** Adobe's token library with fetch. It only calls Adobe's token endpoint, so its requests are redirected to the emulator. */
export async function adobeAuth(settings) {
  const theirs = "https://ims-na1.adobelogin.com";
  const plain = globalThis.fetch;
  globalThis.fetch = (input, init) =>
    plain(typeof input === "string" && input.startsWith(theirs) ? input.replace(theirs, settings.imsUrl).replace("/v2", "/v3") : input, init);
  const { default: auth } = await import("@adobe/aio-lib-core-auth");
  const { clientId, clientSecret, orgId } = settings;
  const scopes = settings.scopes.split(",");
  const call = async (method, path, body) => {
    const { access_token } = await auth.generateAccessToken({ clientId, clientSecret, orgId, scopes }, "prod");
    const init = { method, headers: headers(settings, access_token) };
    if (body) Object.assign(init, { body: JSON.stringify(body), headers: { ...init.headers, "content-type": "application/json" } });
    const answer = await fetch(`${settings.baseUrl}${path}`, init);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    list: async () => (await call("POST", "/list/endpointConfigs", {})).results,
    get: async (uid) => (await call("GET", `/endpointConfigs/${uid}`)).result,
  };
}

/** `fetch` and one token, the lower bound: no renewal, no retries, no explanations. */
export async function bareFetch(settings) {
  const { clientId, clientSecret, scopes, baseUrl, imsUrl } = settings;
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: scopes });
  const { access_token } = await (await fetch(`${imsUrl}/ims/token/v3`, { method: "POST", body: form })).json();
  const init = { headers: headers(settings, access_token) };
  const read = async (answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const json = { ...init.headers, "content-type": "application/json" };
  return {
    list: async () => (await read(await fetch(`${baseUrl}/list/endpointConfigs`, { method: "POST", headers: json, body: "{}" }))).results,
    get: async (uid) => (await read(await fetch(`${baseUrl}/endpointConfigs/${uid}`, init))).result,
  };
}

function headers({ clientId, orgId, sandbox }, token) {
  return {
    authorization: `Bearer ${token}`,
    "x-api-key": clientId,
    "x-gw-ims-org-id": orgId,
    "x-sandbox-name": sandbox,
  };
}
