// Lowers the limit of a custom action at night, and raises it in the morning. KV stores the token between runs.
import { AjoClient, definitionOf } from "ajo-limits";

const DAY = 500;
const NIGHT = 50;

export default {
  async scheduled(event, env) {
    const calls = isNight(new Date(event.scheduledTime)) ? NIGHT : DAY;
    const changed = await setLimit(createClient(env), env.LIMITED_URL, calls);
    console.log(changed ? `${env.LIMITED_URL}: ${calls} calls per second` : `${env.LIMITED_URL}: unchanged`);
  },
};

function createClient(env) {
  return new AjoClient({
    clientId: env.AJO_CLIENT_ID,
    clientSecret: env.AJO_CLIENT_SECRET,
    orgId: env.AJO_ORG_ID,
    scopes: env.AJO_SCOPES,
    sandbox: env.AJO_SANDBOX,
    baseUrl: env.AJO_BASE_URL,
    imsUrl: env.AJO_IMS_URL,
    tokenStore: {
      get: (key) => env.TOKENS.get(key),
      // The minimum TTL of KV is one minute.
      set: (key, value, ttlSeconds) => env.TOKENS.put(key, value, { expirationTtl: Math.max(60, ttlSeconds) }),
    },
  });
}

/** Between 22:00 and 06:00 UTC. */
export function isNight(date) {
  const hour = date.getUTCHours();
  return hour >= 22 || hour < 6;
}

/** Sets the calls per second of the configuration for a URL, and makes it live. Returns whether it changed. */
async function setLimit(ajo, url, maxCallsCount) {
  const config = (await ajo.capping.list()).find((it) => it.url === url);
  if (!config) throw new Error(`there is no capping configuration for ${url}`);
  const current = config.services?.action;
  // A limit for data sources next to it would not limit custom actions.
  if (!current) throw new Error(`the configuration for ${url} does not limit custom actions`);
  const { rating } = current;
  if (config.state === "deployed" && rating?.maxCallsCount === maxCallsCount && rating.periodInMs === 1000) return false;
  // An update replaces the whole definition, so it must include the fields that do not change.
  const { services, ...definition } = definitionOf(config);
  const action = { ...services.action, rating: { maxCallsCount, periodInMs: 1000 } };
  await ajo.capping.update(config.uid, { ...definition, services: { ...services, action } });
  // The old limit applies until the new definition is live.
  await ajo.capping.redeploy(config.uid);
  return true;
}
