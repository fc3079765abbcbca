// Where the runtimes are, and how each runs the suites. All of them come from the npm registry.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const installed = (file) => path.join(here, "node_modules", file);
const nodeOf = (version) => installed(`node-${version}/bin/node`);

const fixed = (settings) => JSON.stringify(settings);

/** Runs a program in the fixture. `arguments_` gets what the suites are given. */
const program = (file, arguments_) => ({ file, arguments: arguments_ });

const node = (version, runner, more = []) => program(nodeOf(version), (given) => [...more, runner, fixed(given)]);
const worker = (name, given) => program(process.execPath, (it) => [path.join(here, "worker-host.mjs"), JSON.stringify(given), fixed(it)]);

/** The oldest date that runs any module, and the newest that this workerd knows. */
const OLD = "2022-01-31";
const NEW = "2026-04-01";

function workers() {
  const cases = [];
  for (const bundled of [false, true]) {
    for (const date of [OLD, NEW]) {
      for (const compat of [false, true]) {
        const name = `workerd ${date}${compat ? " nodejs_compat" : ""}${bundled ? ", wrangler" : ""}`;
        const run = worker(name, { bundled, date, compat });
        // The faults once: they take long.
        cases.push({ name, ...run, faults: !bundled && date === NEW && !compat, connectCode: "BROKEN" });
      }
    }
  }
  return cases;
}

export const CASES = [
  { name: "Node.js 20, ESM", ...node(20, "node-esm.mjs", ["--expose-gc"]), faults: true },
  { name: "Node.js 20, CJS", ...node(20, "node-cjs.cjs") },
  { name: "Node.js 22, ESM", ...node(22, "node-esm.mjs") },
  { name: "Node.js 22, CJS", ...node(22, "node-cjs.cjs") },
  { name: "Node.js 24, ESM", ...node(24, "node-esm.mjs") },
  { name: "Node.js 24, CJS", ...node(24, "node-cjs.cjs") },
  {
    name: "Deno",
    faults: true,
    // Deno 2.9's fetch sends a request of any method again when a connection that was used before ends without an answer,
    // unless its body is a stream; those work in no browser over HTTP/1.1. So a creation can happen twice there.
    fetchRepeats: true,
    ...program(installed("@deno/linux-x64-glibc/deno"), (given) => [
      "run",
      "--no-prompt",
      "--no-remote",
      "--cached-only",
      "--node-modules-dir=manual",
      "--v8-flags=--expose-gc",
      // The emulator, and the address where nobody listens.
      `--allow-net=${[given.settings.imsUrl, given.settings.closedUrl].map((it) => new URL(it).host).join()}`,
      "deno.mjs",
      fixed(given),
    ]),
  },
  { name: "Bun, ESM", ...program(installed("@oven/bun-linux-x64/bin/bun"), (given) => ["run", "--no-install", "node-esm.mjs", fixed(given)]) },
  { name: "Bun, CJS", ...program(installed("@oven/bun-linux-x64/bin/bun"), (given) => ["run", "--no-install", "node-cjs.cjs", fixed(given)]) },
  ...workers(),
  { name: "edge-runtime", ...program(process.execPath, (given) => [path.join(here, "edge-host.mjs"), fixed(given)]) },
];

export const wrangler = installed("wrangler/bin/wrangler.js");
export { here, require };
