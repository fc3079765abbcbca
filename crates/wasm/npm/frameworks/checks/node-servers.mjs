// Frameworks that run in Node.js.
import { checkRoute, freePort, openProject } from "../server.mjs";

/** Name, folder, command of the build, file of the server. */
const SERVERS = [
  ["SvelteKit", "sveltekit", ["vite/bin/vite.js", "build"], ["build/index.js"]],
  ["Astro", "astro", ["astro/bin/astro.mjs", "build"], ["dist/server/entry.mjs"]],
  ["React Router", "react-router", ["@react-router/dev/dist/cli/index.js", "build"], ["../node_modules/@react-router/serve/bin.cjs", "build/server/index.js"]],
  ["Nitro", "nitro", ["nitropack/dist/cli/index.mjs", "build"], [".output/server/index.mjs"]],
];

export async function run({ emulator, work, attempt }) {
  for (const [name, folder, build, server] of SERVERS) {
    await attempt(`${name}, Node.js`, async () => {
      const project = await openProject(folder, work);
      await project.run(build, { ASTRO_TELEMETRY_DISABLED: "1" });
      const port = await freePort();
      const { stop, output } = await project.serve(server, { ...emulator.settings, HOST: "127.0.0.1", PORT: port });
      try {
        await checkRoute(`http://127.0.0.1:${port}`, emulator, work, output);
      } finally {
        stop();
      }
    });
  }
}
