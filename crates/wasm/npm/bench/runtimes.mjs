// Measures the client libraries in Node.js, Deno, Bun and workerd.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { CLIENT_CORE, pin } from "./emulator.mjs";

const here = import.meta.dirname;
/** The clients that run in every runtime. */
const EVERYWHERE = ["ajoLimits", "minimalByHand", "bareFetch"];
/** Rounds of one run, including warm-up. `cargo xtask bench` makes five runs. */
const ROUNDS = 12;
const WARM_UP_ROUNDS = 2;
const CALLS = 200;
const COLD_STARTS = 3;

/** Child processes. They stop with this program. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill()));

/**
 * Node.js and the runtimes of `crates/wasm/npm/runtimes`: label, clients, and a function that measures them. It returns times in
 * milliseconds by client and round: per call, and from the start of a process to its first response (`nothing`: to its exit).
 */
export function runtimesIn(installed, clients) {
  const at = (file) => path.join(installed, "node_modules", file);
  const [deno, bun, workerd] = ["@deno/linux-x64-glibc/deno", "@oven/bun-linux-x64/bin/bun", "@cloudflare/workerd-linux-64/bin/workerd"].map(at);
  const denoFlags = ({ baseUrl, imsUrl }) => {
    const hosts = [baseUrl, imsUrl].map((it) => new URL(it).host).join();
    return ["run", "--no-prompt", "--no-remote", "--cached-only", "--node-modules-dir=manual", `--allow-net=${hosts}`];
  };
  return [
    ["Node.js", clients, process.execPath, (options) => measureProgram([process.execPath], options)],
    ["Deno", EVERYWHERE, deno, (options) => measureProgram([deno, ...denoFlags(options.settings)], options)],
    ["Bun", EVERYWHERE, bun, (options) => measureProgram([bun, "run", "--no-install"], options)],
    ["workerd", EVERYWHERE, workerd, (options) => measureWorker(workerd, options)],
  ].filter(([, , file]) => existsSync(file)).map(([label, names, , measure]) => [label, names, measure]);
}

/** Measures a runtime that runs a file to its end. */
async function measureProgram(command, { settings, uid, names, run }) {
  const runProgram = (mode, options) => {
    const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: path.join(here, "deno-cache") };
    const [file, ...rest] = pin(CLIENT_CORE, [...command, "run-calls.mjs", mode, JSON.stringify(options)]);
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(file, rest, { cwd: here, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command[0]} ${mode}: ${stderr}`);
    return { stdout, time: performance.now() - start };
  };
  const times = JSON.parse(runProgram("calls", { names, settings, uid, rounds: ROUNDS, calls: CALLS, run }).stdout);
  const startCold = async (name) => runProgram(name === "nothing" ? name : "first", { names: [name], settings }).time;
  return { calls: withoutWarmUp(times), starts: await coldStarts(names, run, startCold) };
}

/** Measures workerd from outside, because its clock stops during a request. */
async function measureWorker(file, { settings, uid, names, run }) {
  const post = async (port, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`workerd: ${response.status} ${await response.text()}`);
    await response.text();
  };
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const { child, port } = await serve(file);
  await retryUntilListening(child, () => post(port, {}));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of alternate(names, run + round)) {
      const start = performance.now();
      await post(port, { name, settings, uid, calls: CALLS });
      times[name].push((performance.now() - start) / CALLS);
    }
  }
  child.kill();
  const starts = await coldStarts(names, run, async (name) => {
    const { child, port, start } = await serve(file);
    await retryUntilListening(child, () => post(port, name === "nothing" ? {} : { name, settings }));
    const time = performance.now() - start;
    child.kill();
    return time;
  });
  return { calls: withoutWarmUp(times), starts };
}

function withoutWarmUp(times) {
  return Object.fromEntries(Object.entries(times).map(([name, rounds]) => [name, rounds.slice(WARM_UP_ROUNDS)]));
}

/** The clients alternate, so that other load affects all of them. */
async function coldStarts(names, run, startCold) {
  const times = Object.fromEntries([...names, "nothing"].map((name) => [name, []]));
  for (let round = 0; round < COLD_STARTS; round += 1) {
    for (const name of alternate(Object.keys(times), run + round)) times[name].push(await startCold(name));
  }
  return times;
}

/** Reverses the order in every other round. */
function alternate(names, round) {
  return round % 2 === 0 ? names : [...names].reverse();
}

async function serve(file) {
  const port = await freePort();
  const config = path.join(here, "worker.capnp");
  writeFileSync(config, workerdConfig(port));
  const start = performance.now();
  const [program, ...args] = pin(CLIENT_CORE, [file, "serve", config]);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return { child, port, start };
}

/** Repeats a request until the server listens. */
async function retryUntilListening(child, request) {
  for (;;) {
    try {
      return await request();
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

/** A workerd configuration. It defines a network, because the default one excludes loopback. */
function workerdConfig(port) {
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
    (name = "clients.mjs", esModule = embed "clients.mjs"),
    (name = "ajo-limits", esModule = embed "${packed}/workerd.js"),
    (name = "shared.js", esModule = embed "${packed}/shared.js"),
    (name = "errors.js", esModule = embed "${packed}/errors.js"),
    (name = "core.wasm", wasm = embed "${packed}/core.wasm"),
  ],
  compatibilityDate = "2026-04-01",
  globalOutbound = "loopback",
);
`;
}
