// Lowers a cap at night and raises it again in the morning. The token is kept in KV, so that a run needs no new one.
import { AjoClient } from "ajo-limits";

const DAY = 500;
const NIGHT = 50;

export default {
  async scheduled(event, env) {
    const calls = isNight(new Date(event.scheduledTime)) ? NIGHT : DAY;
    const changed = await limit(client(env), env.LIMITED_URL, calls);
    console.log(changed ? `${env.LIMITED_URL}: ${calls} calls a second` : `${env.LIMITED_URL}: nothing to do`);
  },
};

function client(env) {
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
      // KV keeps nothing for less than a minute.
      set: (key, value, ttlSeconds) => env.TOKENS.put(key, value, { expirationTtl: Math.max(60, ttlSeconds) }),
    },
  });
}

/** Between 22:00 and 06:00, in UTC. */
export function isNight(date) {
  const hour = date.getUTCHours();
  return hour >= 22 || hour < 6;
}

/** Sets the calls a second of the limit on a URL, and has it take effect. Whether anything was to be changed. */
async function limit(ajo, url, maxCallsCount) {
  const config = (await ajo.capping.list()).find((one) => one.url === url);
  if (!config) throw new Error(`no capping configuration limits ${url}`);
  const { methods, services } = config;
  const rating = { maxCallsCount, periodInMs: 1000 };
  const now = services?.dataSource?.rating;
  if (config.state === "deployed" && now?.maxCallsCount === maxCallsCount && now.periodInMs === 1000) return false;
  // An update replaces the whole definition, so what is not to change is sent as it is.
  const dataSource = { ...services?.dataSource, rating };
  await ajo.capping.update(config.uid, { url, methods, services: { ...services, dataSource } });
  // The old limit holds until the new definition is deployed.
  await ajo.capping.deploy(config.uid);
  return true;
}
