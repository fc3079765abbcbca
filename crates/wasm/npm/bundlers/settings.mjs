// Shared by all checks.
import path from "node:path";
import { pathToFileURL } from "node:url";

/** A valid definition. */
export const CAPPING = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

/** Client options for an emulator. */
export function optionsOf({ settings }) {
  return {
    clientId: settings.AJO_CLIENT_ID,
    clientSecret: settings.AJO_CLIENT_SECRET,
    orgId: settings.AJO_ORG_ID,
    scopes: settings.AJO_SCOPES,
    sandbox: settings.AJO_SANDBOX,
    baseUrl: settings.AJO_BASE_URL,
    imsUrl: settings.AJO_IMS_URL,
  };
}

/** A client of the installed package, for an emulator. */
export async function clientOf(emulator, work) {
  const { AjoClient } = await import(pathToFileURL(path.join(work, "node_modules/ajo-limits/index.js")).href);
  return new AjoClient(optionsOf(emulator));
}
