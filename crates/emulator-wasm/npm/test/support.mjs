// Helpers of the tests. scripts/test-package.mjs copies them next to the installed package.
/** 2027-01-15T08:00:00Z, in milliseconds since the epoch. */
export const NOW = 1_800_000_000_000;

export const capping = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

/** A function that sends a call with all required headers. It fetches a token for the first call. */
export function createSender(emulator) {
  const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = emulator.options;
  let token;
  const fetchToken = async () => {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: scopes });
    return (await (await emulator.fetch(`${imsUrl}/ims/token/v3`, { method: "POST", body: form })).json()).access_token;
  };
  return async (method, path, body, init = {}) => {
    token ??= await fetchToken();
    const headers = { authorization: `Bearer ${token}`, "x-api-key": clientId, "x-gw-ims-org-id": orgId, "x-sandbox-name": sandbox, ...init.headers };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return emulator.fetch(baseUrl + path, { method, ...content, ...init, headers });
  };
}
