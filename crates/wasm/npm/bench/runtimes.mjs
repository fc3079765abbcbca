// The contestants in Node.js, Deno, Bun and workerd.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { CLIENT_CORE, pin } from "./emulator.mjs";

const here = import.meta.dirname;
/** Those that run in every runtime. */
const EVERYWHERE = ["ajoLimits", "bareFetch"];
/** Rounds of one run; `cargo xtask bench` makes five runs. The first rounds warm up. */
const ROUNDS = 6;
const WARM = 2;
const CALLS = 200;
const COLD_STARTS = 3;

/** They stop with this program. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Node.js, and the runtimes in `crates/wasm/npm/runtimes`: label, contestants, and a function that measures them. It returns, by
 * contestant and round, the milliseconds of a call, and those from the start of a process to its first response (`nothing`: to its
 * exit, without a call).
 */
export function runtimesIn(installed, contestants) {
  const at = (file) => path.join(installed, "node_modules", file);
  const [deno, bun, workerd] = ["@deno/linux-x64-glibc/deno", "@oven/bun-linux-x64/bin/bun", "@cloudflare/workerd-linux-64/bin/workerd"].map(at);
  const denoFlags = ({ baseUrl, imsUrl }) => {
    const hosts = [baseUrl, imsUrl].map((it) => new URL(it).host).join();
    return ["run", "--no-prompt", "--no-remote", "--cached-only", "--node-modules-dir=manual", `--allow-net=${hosts}`];
  };
  return [
    ["Node.js", contestants, process.execPath, (given) => measureProgram([process.execPath], given)],
    ["Deno", EVERYWHERE, deno, (given) => measureProgram([deno, ...denoFlags(given.settings)], given)],
    ["Bun", EVERYWHERE, bun, (given) => measureProgram([bun, "run", "--no-install"], given)],
    ["workerd", EVERYWHERE, workerd, (given) => measureWorker(workerd, given)],
  ].filter(([, , file]) => existsSync(file)).map(([label, names, , measure]) => [label, names, measure]);
}

/** A runtime that runs a file. */
async function measureProgram(command, { settings, uid, names, run }) {
  const runProgram = (what, given) => {
    const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: path.join(here, "deno-cache") };
    const [file, ...rest] = pin(CLIENT_CORE, [...command, "program.mjs", what, JSON.stringify(given)]);
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(file, rest, { cwd: here, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command[0]} ${what}: ${stderr}`);
    return { stdout, time: performance.now() - start };
  };
  const times = JSON.parse(runProgram("calls", { names, settings, uid, rounds: ROUNDS, calls: CALLS, run }).stdout);
  const startCold = async (name) => runProgram(name === "nothing" ? name : "first", { names: [name], settings }).time;
  return { calls: withoutWarmUp(times), starts: await coldStarts(names, run, startCold) };
}

/** workerd's program waits for requests, and its clock stops during them, so it is measured from outside. */
async function measureWorker(file, { settings, uid, names, run }) {
  const ask = async (port, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`workerd: ${response.status} ${await response.text()}`);
    await response.text();
  };
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const { child, port } = await serve(file);
  await untilAnswered(child, () => ask(port, {}));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(names, run + round)) {
      const start = performance.now();
      await ask(port, { name, settings, uid, calls: CALLS });
      times[name].push((performance.now() - start) / CALLS);
    }
  }
  child.kill();
  const starts = await coldStarts(names, run, async (name) => {
    const { child, port, start } = await serve(file);
    await untilAnswered(child, () => ask(port, name === "nothing" ? {} : { name, settings }));
    const time = performance.now() - start;
    child.kill();
    return time;
  });
  return { calls: withoutWarmUp(times), starts };
}

function withoutWarmUp(times) {
  return Object.fromEntries(Object.entries(times).map(([name, rounds]) => [name, rounds.slice(WARM)]));
}

/** Contestants take turns, so that other load affects all of them. */
async function coldStarts(names, run, startCold) {
  const times = Object.fromEntries([...names, "nothing"].map((name) => [name, []]));
  for (let round = 0; round < COLD_STARTS; round += 1) {
    for (const name of inTurn(Object.keys(times), run + round)) times[name].push(await startCold(name));
  }
  return times;
}

/** In every other round the last one goes first. */
function inTurn(names, round) {
  return round % 2 === 0 ? names : [...names].reverse();
}

async function serve(file) {
  const port = await freePort();
  const config = path.join(here, "worker.capnp");
  writeFileSync(config, capnp(port));
  const start = performance.now();
  const [program, ...given] = pin(CLIENT_CORE, [file, "serve", config]);
  const child = spawn(program, given, { stdio: ["ignore", "ignore", "inherit"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return { child, port, start };
}

/** Asks until the server listens. */
async function untilAnswered(child, ask) {
  for (;;) {
    try {
      return await ask();
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

/** The package under its import names. It needs a network of its own, because the default one excludes loopback. */
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
