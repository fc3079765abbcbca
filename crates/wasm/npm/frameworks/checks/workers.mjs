// Frameworks that build a Cloudflare Worker.
import path from "node:path";
import { writeFile } from "node:fs/promises";
import { checkRoute, freePort, openProject } from "../server.mjs";

/** Name, folder, environment and command of the build, configuration of wrangler. */
const WORKERS = [
  ["Nitro, Cloudflare", "nitro", { NITRO_PRESET: "cloudflare_module" }, ["nitropack/dist/cli/index.mjs", "build"], ".output/server/wrangler.json"],
  ["OpenNext, Cloudflare", "opennext", {}, ["@opennextjs/cloudflare/dist/cli/index.js", "build"], "wrangler.jsonc"],
];

export async function run({ emulator, work, attempt }) {
  for (const [name, folder, env, build, config] of WORKERS) {
    await attempt(name, async () => {
      const project = await openProject(folder, work);
      await project.run(build, env);
      // Variables of the Worker in development.
      const variables = Object.entries(emulator.settings).map(([variable, value]) => `${variable}="${value}"\n`);
      await writeFile(path.join(path.dirname(path.join(project.cwd, config)), ".dev.vars"), variables.join(""));
      const port = await freePort();
      const flags = ["dev", "--config", config, "--ip", "127.0.0.1", "--port", port, "--local"];
      const { stop, output } = await project.serve([project.program("wrangler/bin/wrangler.js"), ...flags], {});
      try {
        await checkRoute(`http://127.0.0.1:${port}`, emulator, work, output);
      } finally {
        stop();
      }
    });
  }
}
