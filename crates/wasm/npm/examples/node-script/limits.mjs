// Creates a limit for a custom action, deploys it, and lists all limits.
import { AjoClient, AjoError } from "ajo-limits";

const { env } = process;
const ajo = new AjoClient({
  clientId: env.AJO_CLIENT_ID,
  clientSecret: env.AJO_CLIENT_SECRET,
  orgId: env.AJO_ORG_ID,
  scopes: env.AJO_SCOPES,
  sandbox: env.AJO_SANDBOX ?? "prod",
  baseUrl: env.AJO_BASE_URL,
  imsUrl: env.AJO_IMS_URL,
});

try {
  const { uid } = await ajo.capping.create({
    url: "https://api.example.org/data/2.5/*",
    methods: ["GET"],
    services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
  });
  await ajo.capping.deploy(uid);
  for (const config of await ajo.capping.list()) console.log(config.uid, config.state, config.url);
} catch (error) {
  if (!(error instanceof AjoError)) throw error;
  console.error(error.message);
  if (error.hint) console.error(`hint: ${error.hint}`);
  process.exitCode = 1;
}
