// Runs the suites in one Worker with Miniflare: node worker-host.mjs CASE INPUT. Prints the report.
import { readFileSync } from "node:fs";
import path from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

const [kind, input] = process.argv.slice(2).map((it) => JSON.parse(it));
const output = [];

const miniflare = new Miniflare({
  log: new Log(LogLevel.NONE),
  modules: kind.bundled ? bundle() : files(),
  compatibilityDate: kind.date,
  compatibilityFlags: kind.compat ? ["nodejs_compat"] : [],
  // Logs of the Worker, and warnings of workerd.
  handleRuntimeStdio: (stdout, stderr) => {
    for (const stream of [stdout, stderr]) stream.on("data", (chunk) => output.push(`workerd: ${chunk}`));
  },
});
try {
  const report = await post("run", input);
  if (input.faults) report.faults.push(await testSharedToken());
  report.unexpected.push(...output);
  console.log(JSON.stringify(report));
} finally {
  await miniflare.dispose();
}

async function post(path, body) {
  const response = await miniflare.dispatchFetch(`http://worker/${path}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`/${path}: ${response.status} ${text} ${output.join("\n")}`);
  return JSON.parse(text);
}

/** Makes two requests. The first ends before its token arrives. */
async function testSharedToken() {
  const name = "an abandoned token request does not block other calls";
  try {
    await post("abandon", input);
    const { first, all } = await post("share", input);
    const ok = first < 5000 && all < 6000;
    return { name, ok, problem: ok ? undefined : `after ${first} and ${all} ms`, ms: first };
  } catch (error) {
    return { name, ok: false, problem: String(error) };
  }
}

/** The unbundled package. workerd resolves no packages, so each module has its import name. */
function files() {
  const modules = ["worker.mjs", "report.mjs", "suite.mjs", "faults.mjs", "assertions.mjs", "shared-token.mjs", "instances.mjs"].map((name) => ({
    type: "ESModule",
    path: name,
  }));
  const packed = (type, name, file) => ({ type, path: name, contents: readFileSync(path.join("node_modules", file)) });
  return [
    ...modules,
    packed("ESModule", "ajo-limits", "ajo-limits/workerd.js"),
    packed("ESModule", "ajo-limits-emulator", "ajo-limits-emulator/workerd.js"),
    packed("ESModule", "shared.js", "ajo-limits/shared.js"),
    packed("ESModule", "errors.js", "ajo-limits/errors.js"),
    packed("CompiledWasm", "core.wasm", "ajo-limits/core.wasm"),
    packed("ESModule", "emulator.js", "ajo-limits-emulator/emulator.js"),
    packed("CompiledWasm", "module.wasm", "ajo-limits-emulator/module.wasm"),
  ].map((it) => ({ ...it, contents: it.contents ?? readFileSync(it.path) }));
}

/** The bundle of wrangler. */
function bundle() {
  const directory = kind.compat ? "bundle-compat" : "bundle";
  const read = (type, name) => ({ type, path: name, contents: readFileSync(path.join(directory, name)) });
  const names = JSON.parse(readFileSync(path.join(directory, "names.json"), "utf8"));
  return [read("ESModule", "worker.js"), ...names.map((name) => read("CompiledWasm", name))];
}
