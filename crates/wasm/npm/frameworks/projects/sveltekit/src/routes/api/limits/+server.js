// GET /api/limits: the limits of the sandbox.
import { AjoClient } from "ajo-limits";

const { env } = process;
let ajo;

export async function GET() {
  ajo ??= new AjoClient({
    clientId: env.AJO_CLIENT_ID,
    clientSecret: env.AJO_CLIENT_SECRET,
    orgId: env.AJO_ORG_ID,
    scopes: env.AJO_SCOPES,
    sandbox: env.AJO_SANDBOX,
    baseUrl: env.AJO_BASE_URL,
    imsUrl: env.AJO_IMS_URL,
  });
  return Response.json(await ajo.capping.list());
}
