// Paths of the runtimes, and their command lines. All runtimes are npm packages.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const installed = (file) => path.join(here, "node_modules", file);
const nodePath = (version) => installed(`node-${version}/bin/node`);

/** A program in the fixture. `arguments_` is a function of the input for the suites. */
const program = (file, arguments_) => ({ file, arguments: arguments_ });

const bun = installed("@oven/bun-linux-x64/bin/bun");
const denoPath = installed("@deno/linux-x64-glibc/deno");
const node = (version, runner, flags = []) => program(nodePath(version), (input) => [...flags, runner, JSON.stringify(input)]);
/** Grants network access to the emulator and to the URL without a server only. */
const deno = (runner) =>
  program(denoPath, (input) => [
    ...["run", "--no-prompt", "--no-remote", "--cached-only", "--node-modules-dir=manual", "--v8-flags=--expose-gc"],
    `--allow-net=${[input.settings.imsUrl, input.settings.closedUrl].map((it) => new URL(it).host).join()}`,
    runner,
    JSON.stringify(input),
  ]);
const worker = (options) => program(process.execPath, (input) => [path.join(here, "worker-host.mjs"), JSON.stringify(options), JSON.stringify(input)]);

/** The oldest compatibility date with ES modules, and the newest of this workerd. */
const OLD = "2022-01-31";
const NEW = "2026-04-01";

function workers() {
  const cases = [];
  for (const bundled of [false, true]) {
    for (const date of [OLD, NEW]) {
      for (const compat of [false, true]) {
        const name = `workerd ${date}${compat ? " nodejs_compat" : ""}${bundled ? ", wrangler" : ""}`;
        const run = worker({ bundled, date, compat });
        // The fault suite is slow, so it runs once.
        cases.push({ name, ...run, faults: !bundled && date === NEW && !compat, connectCode: "DISCONNECTED" });
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
    // The fetch of Deno 2.9 resends any request, even a create, when a reused connection closes without a response. Only requests
    // with a stream as body are not resent, but browsers do not support those over HTTP/1.1.
    fetchResends: true,
    ...deno("deno.mjs"),
  },
  // The syntax `import source`.
  { name: "Node.js 24, import source", ...node(24, "import-source.mjs") },
  { name: "Deno, import source", fetchResends: true, ...deno("import-source.mjs") },
  { name: "Bun, ESM", ...program(bun, (input) => ["run", "--no-install", "node-esm.mjs", JSON.stringify(input)]) },
  { name: "Bun, CJS", ...program(bun, (input) => ["run", "--no-install", "node-cjs.cjs", JSON.stringify(input)]) },
  // run.mjs builds both executables.
  { name: "Bun, executable", ...program("./executable-bun", (input) => [JSON.stringify(input)]) },
  { name: "Node.js 24, executable", ...program("./executable-node", (input) => [JSON.stringify(input)]) },
  ...workers(),
  { name: "edge-runtime", ...program(process.execPath, (input) => [path.join(here, "edge-host.mjs"), JSON.stringify(input)]) },
];

export const wrangler = installed("wrangler/bin/wrangler.js");
export { bun, denoPath, here, nodePath, require };
