// The package's tarball in real runtimes: node run.mjs TARBALL AJO OUT [NAME…]. AJO is the command, whose emulator is called;
// OUT is replaced by the fixture; NAMEs choose among the runtimes. Prints a table; exits with 1 when anything is wrong.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { CASES, here, wrangler } from "./runtimes.mjs";

const [tarball, ajo, out] = process.argv.slice(2, 5).map((it) => path.resolve(it));
const wanted = process.argv.slice(5);
/** Longest time of one runtime, in milliseconds. */
const LONGEST = 100_000;
/** How many runtimes run at a time: each has a process of its own, and its emulator another. */
const AT_A_TIME = 2;

/** Those that run now. They end with this program, however it ends. */
const emulators = new Set();
process.on("exit", () => emulators.forEach((child) => child.kill()));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const cases = CASES.filter(({ name }) => wanted.length === 0 || wanted.some((it) => name.includes(it)));
await makeFixture();
const closedUrl = await closed();
const results = new Map();
const queue = [...cases];
await Promise.all(Array.from({ length: AT_A_TIME }, work));
const problems = cases.flatMap((it) => show(it, results.get(it)));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 || cases.length === 0 ? 1 : 0;

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) results.set(next, await runCase(next));
}

/** A fresh directory where the tarball is installed, as a user would. */
async function makeFixture() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  cpSync(path.join(here, "fixture"), out, { recursive: true });
  writeFileSync(path.join(out, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await succeed("npm", ["install", ...flags, tarball]);
  if (cases.some(({ name }) => name.includes("wrangler"))) await Promise.all([bundle("bundle", []), bundle("bundle-compat", ["nodejs_compat"])]);
}

/** What wrangler would upload. It finds out nothing of this machine, and tells nobody. */
async function bundle(directory, flags) {
  const config = path.join(out, `${directory}.json`);
  const settings = { name: "fixture", main: "worker.mjs", compatibility_date: "2026-04-01", compatibility_flags: flags, send_metrics: false };
  writeFileSync(config, JSON.stringify(settings));
  await succeed(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", directory, "--config", config]);
  const names = readdirSync(path.join(out, directory)).filter((name) => name.endsWith(".wasm"));
  writeFileSync(path.join(out, directory, "names.json"), JSON.stringify(names));
}

/** An address where nobody listens. */
function closed() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
}

/** Each runtime has an emulator of its own, so that it can be emptied and disturbed. */
async function runCase({ name, file, arguments: arguments_, faults = false, connectCode = "CONNECT", fetchRepeats = false }) {
  const begun = Date.now();
  const emulator = await startEmulator();
  try {
    const settings = { ...emulator.settings, closedUrl, connectCode, fetchRepeats };
    const { status, stdout, stderr } = await start(file, arguments_({ faults, settings }));
    const complaints = [];
    if (status !== 0) complaints.push(`ended with ${status}`);
    // Nothing of ours has anything to say there.
    if (stderr.trim() !== "") complaints.push(`on standard error: ${stderr}`);
    const report = parsed(stdout) ?? { suite: [], faults: [], stray: [`no report: ${stdout}`] };
    return { ...report, stray: [...report.stray, ...complaints], seconds: (Date.now() - begun) / 1000, name };
  } finally {
    emulator.stop();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text.trim().split("\n").at(-1));
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
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const read = (name) => text.match(new RegExp(`${name}='([^']*)'\n`))?.[1];
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

function start(file, arguments_) {
  return new Promise((resolve) => {
    const env = { ...process.env, CI: "1", NO_COLOR: "1", DENO_DIR: path.join(out, "deno-cache"), DENO_NO_UPDATE_CHECK: "1", WRANGLER_SEND_METRICS: "false" };
    const child = spawn(file, arguments_, { cwd: out, env, stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST, killSignal: "SIGKILL" });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (chunk) => (texts[name] += chunk));
    child.once("error", (error) => resolve({ status: String(error), ...texts }));
    child.once("close", (code, signal) => resolve({ status: code ?? signal, ...texts }));
  });
}

async function succeed(file, arguments_) {
  const { status, stdout, stderr } = await start(file, arguments_);
  if (status !== 0) throw new Error(`${file} ${arguments_.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
}

/** Prints a line of the table, and gives the problems. */
function show({ name }, { suite, faults, stray, seconds }) {
  const tally = (list) => (list.length === 0 ? "–" : `${list.filter(({ ok }) => ok).length}/${list.length}`);
  const columns = [name.padEnd(46), `suite ${tally(suite)}`.padEnd(14), `faults ${tally(faults)}`.padEnd(14), `${seconds.toFixed(1)} s`];
  console.log(columns.join(""));
  const failed = [...suite, ...faults].filter(({ ok }) => !ok).map((it) => `${it.name}: ${it.problem}`);
  if (suite.length === 0) failed.push("no suite ran");
  return [...failed, ...stray].map((problem) => `${name}: ${problem}`);
}
