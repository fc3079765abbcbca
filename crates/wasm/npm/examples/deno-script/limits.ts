// Checks a definition offline, and then asks the service whether it can be deployed.
import { AjoClient, type CappingDefinition, validateCapping } from "ajo-limits";

const definition: CappingDefinition = {
  url: "https://api.example.org/orders/*",
  methods: ["POST"],
  services: { action: { rating: { maxCallsCount: 200, periodInMs: 1000 } } },
};
// Prints a warning: without maxHttpConnections, the number of connections is unlimited.
for (const { severity, code, message } of validateCapping(definition)) console.log(severity, code, message);

const get = (name: string) => Deno.env.get(name);
const ajo = new AjoClient({
  clientId: get("AJO_CLIENT_ID"),
  clientSecret: get("AJO_CLIENT_SECRET"),
  orgId: get("AJO_ORG_ID"),
  scopes: get("AJO_SCOPES"),
  sandbox: get("AJO_SANDBOX") ?? "prod",
  baseUrl: get("AJO_BASE_URL"),
  imsUrl: get("AJO_IMS_URL"),
});
const { uid } = await ajo.capping.create(definition);
const { validationStatus, errors, warnings } = await ajo.capping.canDeploy(uid);
console.log(uid, validationStatus, errors?.length ?? 0, "errors", warnings?.length ?? 0, "warnings");
await ajo.capping.delete(uid);
