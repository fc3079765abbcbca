// Runs the suites in all runtimes: node run.mjs TARBALL EMULATOR AJO OUT [NAME…]. TARBALL and EMULATOR are the two packages, AJO is
// the command `ajo`, which provides the emulator over HTTP. Replaces OUT with the fixture. NAMEs select runtimes; `proxy` runs them behind a proxy. Prints a table, and exits with 1 if a test fails.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { buildWithBun, buildWithNode } from "./executables.mjs";
import { checkProxies } from "./proxies.mjs";
import { bun, CASES, here, nodePath, wrangler } from "./runtimes.mjs";

const [tarball, emulatorTarball, ajo, out] = process.argv.slice(2, 6).map((it) => path.resolve(it));
const selected = process.argv.slice(6);
/** Time limit of a runtime in milliseconds. */
const TIMEOUT_MS = 100_000;
/** Number of parallel runtimes. Each has two processes, for itself and its emulator. */
const PARALLEL = 2;

/** Running emulators. They stop when this program exits, also after a signal. */
const emulators = new Set();
process.on("exit", () => emulators.forEach((child) => child.kill()));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const cases = CASES.filter(({ name }) => selected.length === 0 || selected.some((it) => name.includes(it)));
await makeFixture();
const closedUrl = await unusedUrl();
const results = new Map();
const queue = [...cases];
await Promise.all(Array.from({ length: PARALLEL }, work));
const problems = cases.flatMap((it) => printResult(it, results.get(it)));
const withProxies = selected.length === 0 || selected.includes("proxy");
if (withProxies) problems.push(...(await checkProxies(runProgram)));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 || (cases.length === 0 && !withProxies) ? 1 : 0;

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) results.set(next, await runCase(next));
}

/** Creates the fixture with both installed packages. */
async function makeFixture() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(path.join(here, "fixture"), out, { recursive: true });
  writeFileSync(path.join(out, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await runOrThrow("npm", ["install", ...flags, tarball, emulatorTarball]);
  symlinkSync(path.join(here, "node_modules/undici"), path.join(out, "node_modules/undici"), "junction");
  const isSelected = (part) => cases.some(({ name }) => name.includes(part));
  if (isSelected("Bun, executable")) await buildWithBun(bun, out, runOrThrow);
  if (isSelected("Node.js 24, executable")) await buildWithNode(nodePath(24), out, runOrThrow);
  if (isSelected("wrangler")) await Promise.all([bundle("bundle", []), bundle("bundle-compat", ["nodejs_compat"])]);
}

/** Bundles the Worker with wrangler. A dry run sends nothing. */
async function bundle(directory, flags) {
  const config = path.join(out, `${directory}.json`);
  const settings = { name: "fixture", main: "worker.mjs", compatibility_date: "2026-04-01", compatibility_flags: flags, send_metrics: false };
  writeFileSync(config, JSON.stringify(settings));
  await runOrThrow(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", directory, "--config", config]);
  const names = readdirSync(path.join(out, directory)).filter((name) => name.endsWith(".wasm"));
  writeFileSync(path.join(out, directory, "names.json"), JSON.stringify(names));
}

/** A URL on which no server listens. */
function unusedUrl() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
}

/** Runs one runtime with its own emulator, because the suites reset it and inject faults. */
async function runCase({ name, file, arguments: arguments_, faults = false, connectCode = "CONNECT", fetchResends = false }) {
  const started = Date.now();
  const emulator = await startEmulator();
  try {
    const settings = { ...emulator.settings, closedUrl, connectCode, fetchResends };
    const { status, stdout, stderr } = await runProgram(file, arguments_({ faults, settings }));
    const problems = [];
    if (status !== 0) problems.push(`exited with ${status}`);
    // The suites print nothing to standard error.
    if (stderr.trim() !== "") problems.push(`on standard error: ${stderr}`);
    const report = parseReport(stdout) ?? { suite: [], faults: [], unexpected: [`no report: ${stdout}`] };
    return { ...report, unexpected: [...report.unexpected, ...problems], seconds: (Date.now() - started) / 1000, name };
  } finally {
    emulator.stop();
  }
}

function parseReport(output) {
  try {
    return JSON.parse(output.trim().split("\n").at(-1));
  } catch {
    return undefined;
  }
}

function startEmulator() {
  return new Promise((resolve, reject) => {
    const child = spawn(ajo, ["emulator", "serve"], { stdio: ["ignore", "pipe", "ignore"] });
    child.once("error", reject);
    emulators.add(child);
    child.once("exit", () => emulators.delete(child));
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const read = (name) => output.match(new RegExp(`${name}='([^']*)'\n`))?.[1];
      if (read("AJO_SANDBOX") === undefined) return;
      const settings = {
        baseUrl: read("AJO_BASE_URL"),
        imsUrl: read("AJO_IMS_URL"),
        clientId: read("AJO_CLIENT_ID"),
        clientSecret: read("AJO_CLIENT_SECRET"),
        orgId: read("AJO_ORG_ID"),
        scopes: read("AJO_SCOPES"),
        sandbox: read("AJO_SANDBOX"),
      };
      resolve({ settings, stop: () => child.kill() });
    });
  });
}

function runProgram(file, arguments_, variables = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...variables, CI: "1", NO_COLOR: "1", DENO_DIR: path.join(out, "deno-cache"), DENO_NO_UPDATE_CHECK: "1", WRANGLER_SEND_METRICS: "false" };
    const child = spawn(file, arguments_, { cwd: out, env, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (chunk) => (output[name] += chunk));
    child.once("error", (error) => resolve({ status: String(error), ...output }));
    child.once("close", (code, signal) => resolve({ status: code ?? signal, ...output }));
  });
}

async function runOrThrow(file, arguments_) {
  const { status, stdout, stderr } = await runProgram(file, arguments_);
  if (status !== 0) throw new Error(`${file} ${arguments_.join(" ")} exited with ${status}\n${stdout}\n${stderr}`);
}

/** Prints a line of the table, and returns the problems. */
function printResult({ name }, { suite, faults, unexpected, seconds }) {
  const count = (list) => (list.length === 0 ? "–" : `${list.filter(({ ok }) => ok).length}/${list.length}`);
  const columns = [name.padEnd(46), `suite ${count(suite)}`.padEnd(14), `faults ${count(faults)}`.padEnd(14), `${seconds.toFixed(1)} s`];
  console.log(columns.join(""));
  const failed = [...suite, ...faults].filter(({ ok }) => !ok).map((it) => `${it.name}: ${it.problem}`);
  if (suite.length === 0) failed.push("no suite ran");
  return [...failed, ...unexpected].map((problem) => `${name}: ${problem}`);
}
