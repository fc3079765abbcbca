// ajo-limits beside what a user would take instead, in one run, in Node.js, against the emulator; and in other runtimes:
//
//     node side-by-side.mjs EMULATOR OUT RUNTIMES
//
// EMULATOR is the command `ajo`; OUT a folder for the figures as JSON; RUNTIMES where those are installed. Installed beside this file, by run.mjs: the tarball and
// what package.json names.
// Prints a table. Ratios are what counts: the machine is noisy.
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import * as contestants from "./contestants.mjs";
import { median, row, timesLonger, write } from "./figures.mjs";
import { runtimesIn } from "./runtimes.mjs";

const NAMES = ["ajoLimits", "openapiFetch", "adobeAuth"];
/** Beside them, what a call costs anyone. */
const TIMED = [...NAMES, "bareFetch"];
const LABELS = {
  ajoLimits: "ajo-limits",
  openapiFetch: "openapi-fetch, own token cache",
  adobeAuth: "@adobe/aio-lib-core-auth, fetch",
  bareFetch: "bare fetch",
};
const PACKAGES = { ajoLimits: "ajo-limits", openapiFetch: "openapi-fetch", adobeAuth: "@adobe/aio-lib-core-auth" };
const ROUNDS = 15;
const CALLS = 200;
const COLD_STARTS = 15;
const CALLERS = 100;
const DEFINITION = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { dataSource: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

const [ajo, out, runtimes] = process.argv.slice(2);

/** The emulator, on a free port; ended with this program. */
async function emulator() {
  const served = spawn(ajo, ["emulator", "serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  process.on("exit", () => served.kill());
  let text = "";
  for await (const chunk of served.stdout) {
    text += chunk;
    if (/AJO_SANDBOX=.*\n/.test(text)) break;
  }
  const variable = (name) => text.match(new RegExp(`AJO_${name}=['"]?([^'"\\n]*)`))[1];
  return {
    baseUrl: variable("BASE_URL"),
    imsUrl: variable("IMS_URL"),
    clientId: variable("CLIENT_ID"),
    clientSecret: variable("CLIENT_SECRET"),
    orgId: variable("ORG_ID"),
    scopes: variable("SCOPES"),
    sandbox: variable("SANDBOX"),
  };
}

/** Milliseconds a call in each round, contestants taking turns so that noise strikes all alike. */
async function timePerCall(made, uid) {
  const rounds = Object.fromEntries(TIMED.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + 2; round += 1) {
    for (const name of TIMED) {
      const begun = performance.now();
      for (let call = 0; call < CALLS; call += 1) await made[name].get(uid);
      // The first two warm up.
      if (round >= 2) rounds[name].push((performance.now() - begun) / CALLS);
    }
  }
  return rounds;
}

/** Milliseconds from the start of a program to the end of its one call; `nothing` is a program that does nothing. */
function coldStart(settings) {
  const times = Object.fromEntries([...TIMED, "nothing"].map((name) => [name, []]));
  for (let run = 0; run < COLD_STARTS; run += 1) {
    for (const name of Object.keys(times)) {
      const begun = performance.now();
      const { status, stderr } = spawnSync(process.execPath, ["cold.mjs", name], {
        cwd: import.meta.dirname,
        env: { ...process.env, SETTINGS: JSON.stringify(settings) },
      });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      times[name].push(performance.now() - begun);
    }
  }
  return times;
}

/** Token requests that so many callers make who come together and find no token. */
async function tokenRequests(settings) {
  const counts = {};
  for (const name of NAMES) {
    await control(settings, "DELETE", "/calls");
    const fresh = await freshProgram(settings, name);
    if (fresh !== 0) throw new Error(`${name}: the callers failed`);
    counts[name] = (await control(settings, "GET", "/calls?operation=token")).calls.length;
  }
  return counts;
}

function freshProgram(settings, name) {
  const program = `
    import * as contestants from "./contestants.mjs";
    const made = await contestants.${name}(${JSON.stringify(settings)});
    await Promise.all(Array.from({ length: ${CALLERS} }, () => made.list()));`;
  return new Promise((resolve) => {
    spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: import.meta.dirname, stdio: "ignore" }).on("exit", resolve);
  });
}

async function control(settings, method, where) {
  const answer = await fetch(`${settings.imsUrl}/_emulator${where}`, { method });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.status === 204 ? {} : answer.json();
}

/** Bytes of a package and of all that it depends on, as npm has installed them. */
function installed(name, seen = new Set()) {
  if (seen.has(name)) return 0;
  seen.add(name);
  const folder = path.join(import.meta.dirname, "node_modules", name);
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return Object.keys(dependencies).reduce((sum, dependency) => sum + installed(dependency, seen), bytesIn(folder));
}

function bytesIn(folder, isCounted = () => true) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && isCounted(entry.name))
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

const settings = await emulator();
const made = {};
for (const name of TIMED) made[name] = await contestants[name](settings);
const { uid } = await made.ajoLimits.create(DEFINITION);
const node = { calls: await timePerCall(made, uid), starts: coldStart(settings) };
const requests = await tokenRequests(settings);
const bytes = Object.fromEntries(NAMES.map((name) => [name, installed(PACKAGES[name])]));
// Only tests load it.
const emulatorBytes = bytesIn(path.join(import.meta.dirname, "node_modules/ajo-limits"), (name) => name.startsWith("emulator"));
const elsewhere = [];
for (const [label, , measure] of runtimesIn(runtimes)) elsewhere.push([label, await measure({ settings, uid })]);

// Ratios are to openapi-fetch in Node.js, and to the bare fetch where nothing else runs.
const lines = [
  ["", "", "a call", "cold start to first answer, with the runtime's own", `token requests of ${CALLERS} cold callers`, "installed"],
  ...TIMED.map((name) => [
    "Node.js",
    LABELS[name],
    ...times(node, name, "openapiFetch"),
    `${requests[name] ?? ""}`,
    bytes[name] === undefined ? "" : `${Math.round(bytes[name] / 1000)} KB`,
  ]),
  ["Node.js", "nothing", "", `${median(node.starts.nothing).toFixed(0)} ms`, "", ""],
  ...elsewhere.flatMap(([label, figures]) => [
    ...["ajoLimits", "bareFetch"].map((name) => [label, LABELS[name], ...times(figures, name, "bareFetch"), "", ""]),
    [label, "nothing", "", `${median(figures.starts.nothing).toFixed(0)} ms`, "", ""],
  ]),
];
const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
for (const line of lines) process.stdout.write(`${line.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()}\n`);
process.stdout.write(`of which ajo-limits/emulator, for tests: ${Math.round(emulatorBytes / 1000)} KB\n`);
const missing = ["Deno", "Bun", "workerd"]
  .filter((runtime) => !elsewhere.some(([label]) => label === runtime))
  .flatMap((runtime) => ["call", "cold start"].map((what) => ({ rows: `${what}, ${runtime}, `, why: "it is pinned for Linux on x86-64" })));
if (missing.length > 0) process.stdout.write("skipped: Deno, Bun or workerd, which are pinned for Linux on x86-64\n");
write(out, "npm", [
  ...TIMED.flatMap((name) => timeRows("Node.js", node, name, "openapiFetch")),
  row("cold start, Node.js, nothing", median(node.starts.nothing), "ms"),
  ...NAMES.map((name) => row(`token requests of ${CALLERS} cold callers, ${LABELS[name]}`, requests[name], "requests")),
  ...NAMES.map((name) => row(`installed, ${LABELS[name]}`, bytes[name] / 1000, "KB", name === "openapiFetch" ? undefined : bytes[name] / bytes.openapiFetch)),
  row("installed, of which the emulator", emulatorBytes / 1000, "KB"),
  ...elsewhere.flatMap(([label, figures]) => [
    ...["ajoLimits", "bareFetch"].flatMap((name) => timeRows(label, figures, name, "bareFetch")),
    row(`cold start, ${label}, nothing`, median(figures.starts.nothing), "ms"),
  ]),
], missing);
process.exit(0);

function times({ calls, starts }, name, base) {
  const shown = (rounds, digits) => `${median(rounds[name]).toFixed(digits)} ms (${timesLonger(rounds, name, base).toFixed(2)})`;
  return [shown(calls, 3), shown(starts, 0)];
}

function timeRows(runtime, { calls, starts }, name, base) {
  const ratio = (rounds) => (name === base ? undefined : timesLonger(rounds, name, base));
  return [
    row(`call, ${runtime}, ${LABELS[name]}`, median(calls[name]), "ms", ratio(calls)),
    row(`cold start, ${runtime}, ${LABELS[name]}`, median(starts[name]), "ms", ratio(starts)),
  ];
}
