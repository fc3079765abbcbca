// The built package: `AJO_PACKAGE` names another directory than the one that the build fills.
import { pathToFileURL } from "node:url";
import path from "node:path";

export const directory = path.resolve(process.env.AJO_PACKAGE ?? path.join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../../../target/npm/package"));
export const { createEmulator, EmulatorError } = await import(pathToFileURL(path.join(directory, "emulator.js")).href);

/** A moment in milliseconds since the epoch: 2027-01-15T08:00:00Z. */
export const NOW = 1_800_000_000_000;

export const capping = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

/** A call of either API, with everything that it needs; `send.token` is fetched when it is first needed. */
export function caller(emulator) {
  const { clientId, clientSecret, orgId, scopes, sandbox, baseUrl, imsUrl } = emulator.options;
  let token;
  const logIn = async () => {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: scopes });
    return (await (await emulator.fetch(`${imsUrl}/ims/token/v3`, { method: "POST", body: form })).json()).access_token;
  };
  return async (method, path, body, init = {}) => {
    token ??= await logIn();
    const headers = { authorization: `Bearer ${token}`, "x-api-key": clientId, "x-gw-ims-org-id": orgId, "x-sandbox-name": sandbox, ...init.headers };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return emulator.fetch(baseUrl + path, { method, ...sent, ...init, headers });
  };
}
