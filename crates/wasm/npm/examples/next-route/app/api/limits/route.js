// GET /api/limits returns the limits of the sandbox as JSON.
import { AjoClient, AjoError } from "ajo-limits";

export const dynamic = "force-dynamic";

const { env } = process;
let ajo;

export async function GET(request) {
  ajo ??= new AjoClient({
    clientId: env.AJO_CLIENT_ID,
    clientSecret: env.AJO_CLIENT_SECRET,
    orgId: env.AJO_ORG_ID,
    scopes: env.AJO_SCOPES,
    sandbox: env.AJO_SANDBOX ?? "prod",
    baseUrl: env.AJO_BASE_URL,
    imsUrl: env.AJO_IMS_URL,
  });
  try {
    const configs = await ajo.capping.list({ signal: request.signal, timeoutMs: 10_000 });
    return Response.json(configs.map(({ uid, url, state }) => ({ uid, url, state })));
  } catch (error) {
    if (!(error instanceof AjoError)) throw error;
    // Details go to the log. Visitors only learn that the request failed.
    console.error(error.message);
    return Response.json({ error: "the limits are unavailable" }, { status: 502 });
  }
}
