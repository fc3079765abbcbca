// One Worker in workerd, by miniflare: node worker-host.mjs CASE GIVEN. Prints what the runner reports.
import { readFileSync } from "node:fs";
import path from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

const [kind, given] = process.argv.slice(2).map((it) => JSON.parse(it));
const said = [];

const miniflare = new Miniflare({
  log: new Log(LogLevel.NONE),
  modules: kind.bundled ? bundle() : files(),
  compatibilityDate: kind.date,
  compatibilityFlags: kind.compat ? ["nodejs_compat"] : [],
  // workerd says here what a Worker logs, and what it thinks of the Worker.
  handleRuntimeStdio: (stdout, stderr) => {
    for (const stream of [stdout, stderr]) stream.on("data", (chunk) => said.push(`workerd: ${chunk}`));
  },
});
try {
  const report = await ask("run", given);
  if (given.faults) report.faults.push(await join());
  report.stray.push(...said);
  console.log(JSON.stringify(report));
} finally {
  await miniflare.dispose();
}

async function ask(what, body) {
  const response = await miniflare.dispatchFetch(`http://worker/${what}`, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`/${what}: ${response.status} ${text} ${said.join("\n")}`);
  return JSON.parse(text);
}

/** Two requests, the first of which ends while its token is on its way. */
async function join() {
  const name = "a token fetch whose request is over does not keep others waiting";
  try {
    await ask("strand", given);
    const { first, all } = await ask("join", given);
    const ok = first < 5000 && all < 6000;
    return { name, ok, problem: ok ? undefined : `after ${first} and ${all} ms`, ms: first };
  } catch (error) {
    return { name, ok: false, problem: String(error) };
  }
}

/** The package as it is, under the names by which it is imported: workerd looks up nothing. */
function files() {
  const modules = ["worker.mjs", "report.mjs", "suite.mjs", "faults.mjs", "check.mjs", "join.mjs", "instances.mjs"].map((name) => ({
    type: "ESModule",
    path: name,
  }));
  const packed = (type, name, file) => ({ type, path: name, contents: readFileSync(path.join("node_modules/ajo-limits", file)) });
  return [
    ...modules,
    packed("ESModule", "ajo-limits", "workerd.js"),
    packed("ESModule", "ajo-limits/emulator", "emulator-workerd.js"),
    packed("CompiledWasm", "core.wasm", "core.wasm"),
    packed("CompiledWasm", "ajo-limits/emulator.wasm", "emulator.wasm"),
  ].map((it) => ({ ...it, contents: it.contents ?? readFileSync(it.path) }));
}

/** What wrangler made of the same. */
function bundle() {
  const directory = kind.compat ? "bundle-compat" : "bundle";
  const read = (type, name) => ({ type, path: name, contents: readFileSync(path.join(directory, name)) });
  const names = JSON.parse(readFileSync(path.join(directory, "names.json"), "utf8"));
  return [read("ESModule", "worker.js"), ...names.map((name) => read("CompiledWasm", name))];
}
