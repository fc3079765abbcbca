// For Cloudflare Workers.
import { AjoClient } from "ajo-limits";
import { createEmulator } from "ajo-limits-emulator";

const emulator = createEmulator();

/** A binding to the emulator instead of a service. */
export const binding: Pick<Fetcher, "fetch"> = { fetch: emulator.fetch };

export default {
  async fetch(request): Promise<Response> {
    const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
    const configs = await ajo.capping.list();
    return configs.length === 0 ? emulator.fetch(request) : Response.json(configs);
  },
} satisfies ExportedHandler;
