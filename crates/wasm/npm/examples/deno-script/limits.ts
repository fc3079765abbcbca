// Checks a definition without asking the service, and then has the service say whether it could be deployed.
import { AjoClient, type CappingDefinition, validateCapping } from "ajo-limits";

const definition: CappingDefinition = {
  url: "https://api.example.org/orders/*",
  methods: ["POST"],
  services: { action: { rating: { maxCallsCount: 200, periodInMs: 1000 } } },
};
// Here it is a warning: without maxHttpConnections, connections are not limited.
for (const finding of validateCapping(definition)) console.log(finding.severity, finding.code, finding.message);

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
