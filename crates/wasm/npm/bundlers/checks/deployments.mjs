// Projects of package managers, bundles for AWS Lambda, and a Worker in TypeScript.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { copy, node, requireFrom, sh } from "../project.mjs";
import { CAPPING, optionsOf } from "../settings.mjs";

export async function run({ emulator, tarball, work, attempt }) {
  await attempt("pnpm", () => pnpm(emulator, tarball, work));
  await attempt("Yarn Plug'n'Play", () => yarn(emulator, tarball, work));
  for (const format of ["esm", "cjs"]) await attempt(`AWS Lambda, ${format}`, () => lambda(format, emulator, work));
  await attempt("Worker in TypeScript, service binding", () => typedWorker(emulator, work));
}

const LISTED = "0\n0\n0\n";

/** A project of its own, whose only dependency is the tarball. */
async function createProject(name, tarball, work) {
  const cwd = await copy("fixtures/package-managers", work, name);
  const manifest = { name, private: true, type: "module", dependencies: { "ajo-limits": `file:${tarball}` } };
  await writeFile(path.join(cwd, "package.json"), JSON.stringify(manifest));
  return cwd;
}

async function pnpm(emulator, tarball, work) {
  await emulator.reset();
  const cwd = await createProject("pnpm", tarball, work);
  const flags = ["--offline", "--ignore-scripts", "--ignore-workspace", "--store-dir", path.join(work, "pnpm-store")];
  await node(["pnpm/bin/pnpm.cjs", "install", ...flags], { cwd, work });
  assert.equal(await sh(process.execPath, ["limits.mjs"], { cwd, env: { SETTINGS: JSON.stringify(optionsOf(emulator)) } }), LISTED);
}

async function yarn(emulator, tarball, work) {
  await emulator.reset();
  const cwd = await createProject("yarn", tarball, work);
  // Makes the folder a project of its own.
  await writeFile(path.join(cwd, "yarn.lock"), "");
  const globals = path.join(work, "yarn-global");
  await rm(globals, { recursive: true, force: true });
  const env = { YARN_ENABLE_TELEMETRY: "0", YARN_ENABLE_NETWORK: "0", YARN_ENABLE_IMMUTABLE_INSTALLS: "0", YARN_GLOBAL_FOLDER: globals };
  await node(["@yarnpkg/cli-dist/bin/yarn.js", "install"], { cwd, work, env });
  const settings = { ...env, SETTINGS: JSON.stringify(optionsOf(emulator)) };
  assert.equal(await node(["@yarnpkg/cli-dist/bin/yarn.js", "node", "limits.mjs"], { cwd, work, env: settings }), LISTED);
}

/** Bundles a function with the options in the documentation of AWS, and calls its handler. */
async function lambda(format, emulator, work) {
  await emulator.reset();
  const cwd = await copy("fixtures/lambda", work, `lambda-${format}`);
  const file = format === "esm" ? "dist/index.mjs" : "dist/index.cjs";
  const options = ["--bundle", "--minify", "--sourcemap", "--platform=node", "--target=es2020", `--format=${format}`, `--outfile=${file}`];
  await node(["esbuild/bin/esbuild", "index.mjs", ...options], { cwd, work });
  const program = `import(${JSON.stringify(path.join(cwd, file))}).then(async (it) => console.log((await it.handler()).body))`;
  assert.equal(await sh(process.execPath, ["--eval", program], { cwd: path.join(cwd, "dist"), env: emulator.settings }), "[]\n");
}

/** Compiles and bundles a Worker, and runs it with a service binding to the emulator. */
async function typedWorker(emulator, work) {
  await emulator.reset();
  const cwd = await copy("fixtures/worker-types", work, "worker-types");
  await node(["typescript/bin/tsc", "-p", "."], { cwd, work });
  await node(["wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", "dist"], { cwd, work });
  const { Miniflare } = requireFrom("miniflare", work);
  const runtime = new Miniflare({
    cf: false,
    modules: true,
    modulesRoot: path.join(cwd, "dist"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: path.join(cwd, "dist/index.js"),
    compatibilityDate: "2026-04-01",
    kvNamespaces: ["TOKENS"],
    bindings: { SETTINGS: JSON.stringify(optionsOf(emulator)) },
    serviceBindings: { GATEWAY: passOn },
  });
  try {
    const response = await runtime.dispatchFetch("http://worker/");
    const body = await response.text();
    const expected = Array.from({ length: 4 }, () => [CAPPING.url, "404"]).flat();
    assert.equal(body, JSON.stringify(expected));
  } finally {
    await runtime.dispose();
  }
}

/** Sends a request of a Worker to the address in its URL. */
async function passOn(request) {
  const { method, url, headers } = request;
  const body = method === "GET" || method === "DELETE" ? undefined : await request.text();
  return fetch(url, { method, headers: Object.fromEntries(headers), body, redirect: "manual" });
}
