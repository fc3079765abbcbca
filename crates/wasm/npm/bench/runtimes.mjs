// ajo-limits in Deno, Bun and workerd, beside a bare `fetch` in the same runtime: there is nothing else that runs in all of them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { performance } from "node:perf_hooks";

const here = import.meta.dirname;
const NAMES = ["ajoLimits", "bareFetch"];
/** The first two rounds warm up. */
const ROUNDS = 12;
const WARM = 2;
const CALLS = 200;
const COLD_STARTS = 11;

/** They end with this program, however it ends. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * What there is under `crates/wasm/npm/runtimes`: label, file, and a function that measures. That gives, for each contestant and
 * round, the milliseconds of a call, and those from the start of a process to its first answer (`nothing`: to its end, without a call).
 */
export function runtimesIn(installed) {
  const at = (file) => path.join(installed, "node_modules", file);
  const deno = (settings) => {
    const hosts = [settings.baseUrl, settings.imsUrl].map((it) => new URL(it).host).join();
    return [at("@deno/linux-x64-glibc/deno"), "run", "--no-prompt", "--no-remote", "--cached-only", "--node-modules-dir=manual", `--allow-net=${hosts}`];
  };
  const bun = () => [at("@oven/bun-linux-x64/bin/bun"), "run", "--no-install"];
  const workerd = at("@cloudflare/workerd-linux-64/bin/workerd");
  return [
    ["Deno", at("@deno/linux-x64-glibc/deno"), (given) => program(deno(given.settings), given)],
    ["Bun", at("@oven/bun-linux-x64/bin/bun"), (given) => program(bun(), given)],
    ["workerd", workerd, (given) => worker(workerd, given)],
  ].filter(([, file]) => existsSync(file));
}

/** A runtime that runs a file. */
async function program([file, ...flags], { settings, uid }) {
  const run = (what, given) => {
    const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: path.join(here, "deno-cache") };
    const begun = performance.now();
    const ran = spawnSync(file, [...flags, "program.mjs", what, JSON.stringify(given)], { cwd: here, env, encoding: "utf8" });
    if (ran.status !== 0) throw new Error(`${file} ${what}: ${ran.stderr}`);
    return { text: ran.stdout, took: performance.now() - begun };
  };
  const calls = warmed(JSON.parse(run("calls", { names: NAMES, settings, uid, rounds: ROUNDS, calls: CALLS }).text));
  return { calls, starts: await coldStarts(async (name) => run(name === undefined ? "nothing" : "first", { names: [name], settings }).took) };
}

/** The same in workerd, whose program waits for requests, and whose clock stands still in them: measured from outside. */
async function worker(file, { settings, uid }) {
  const ask = async (port, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`workerd: ${answer.status} ${await answer.text()}`);
    await answer.text();
  };
  const times = Object.fromEntries(NAMES.map((name) => [name, []]));
  const { child, port } = await serve(file);
  await untilAnswered(child, () => ask(port, {}));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of NAMES) {
      const begun = performance.now();
      await ask(port, { name, settings, uid, calls: CALLS });
      times[name].push((performance.now() - begun) / CALLS);
    }
  }
  child.kill();
  const starts = await coldStarts(async (name) => {
    const { child, port, begun } = await serve(file);
    await untilAnswered(child, () => ask(port, name === undefined ? {} : { name, settings }));
    const took = performance.now() - begun;
    child.kill();
    return took;
  });
  return { calls: warmed(times), starts };
}

function warmed(times) {
  return Object.fromEntries(NAMES.map((name) => [name, times[name].slice(WARM)]));
}

/** Starts taking turns, so that noise strikes all alike. */
async function coldStarts(start) {
  const times = { ajoLimits: [], bareFetch: [], nothing: [] };
  for (let run = 0; run < COLD_STARTS; run += 1) {
    for (const name of Object.keys(times)) times[name].push(await start(name === "nothing" ? undefined : name));
  }
  return times;
}

async function serve(file) {
  const port = await freePort();
  const config = path.join(here, "worker.capnp");
  writeFileSync(config, capnp(port));
  const begun = performance.now();
  const child = spawn(file, ["serve", config], { stdio: ["ignore", "ignore", "inherit"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return { child, port, begun };
}

/** Asks until somebody listens. */
async function untilAnswered(child, asked) {
  for (;;) {
    try {
      return await asked();
    } catch (error) {
      if (error.cause?.code !== "ECONNREFUSED" || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The package as it is, under the names by which it is imported. Its own network, because the default one excludes loopback. */
function capnp(port) {
  const packed = "node_modules/ajo-limits";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "loopback", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "contestants.mjs", esModule = embed "contestants.mjs"),
    (name = "ajo-limits", esModule = embed "${packed}/workerd.js"),
    (name = "core.wasm", wasm = embed "${packed}/core.wasm"),
  ],
  compatibilityDate = "2026-04-01",
  globalOutbound = "loopback",
);
`;
}
