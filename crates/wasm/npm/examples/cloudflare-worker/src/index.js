// Lowers the limit of a custom action at night, and raises it in the morning. KV stores the token between runs.
import { AjoClient } from "ajo-limits";
import { createKvStore } from "ajo-limits/stores/kv";

const DAY = 500;
const NIGHT = 50;

export default {
  async scheduled(event, env) {
    const ajo = AjoClient.fromEnv(env, { tokenStore: createKvStore(env.TOKENS) });
    const config = (await ajo.capping.list()).find((it) => it.url === env.LIMITED_URL);
    if (!config) throw new Error(`there is no capping configuration for ${env.LIMITED_URL}`);
    const maxCallsCount = isNight(new Date(event.scheduledTime)) ? NIGHT : DAY;
    // Names the service, because a limit for data sources does not limit custom actions.
    const { live } = await ajo.capping.setRating(config.uid, { service: "action", maxCallsCount, periodInMs: 1000 });
    console.log(`${env.LIMITED_URL}: ${maxCallsCount} calls per second; ${live === "new" ? "live" : "not deployed"}`);
  },
};

/** Between 22:00 and 06:00 UTC. */
export function isNight(date) {
  const hour = date.getUTCHours();
  return hour >= 22 || hour < 6;
}
