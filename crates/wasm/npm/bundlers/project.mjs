// Installs the package into folders, as a user would, and runs programs there.
import { spawn } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const here = import.meta.dirname;
/** Time limit of a program in milliseconds. A build of Next.js takes 40 s on two slow cores. */
const TIMEOUT_MS = 180_000;

/** Installs the tarballs and the packages in FROM's package.json into WORK. Folders below WORK can import them. */
export async function install(tarballs, work, from = here) {
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) await cp(path.join(from, name), path.join(work, name));
  // npm does not reinstall a package of the same version.
  for (const name of ["ajo-limits", "ajo-limits-emulator"]) await rm(path.join(work, "node_modules", name), { recursive: true, force: true });
  await rm(path.join(work, "node_modules/.package-lock.json"), { force: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Without install scripts: some download a program that an optional package already contains.
  const flags = ["--no-save", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--silent"];
  await sh(npm, ["install", ...flags, ...tarballs], { cwd: work });
}

/** Copies a folder into WORK, and replaces an older copy. */
export async function copy(source, work, name) {
  const target = path.join(work, name);
  await rm(target, { recursive: true, force: true });
  await cp(path.resolve(here, source), target, { recursive: true, filter: (file) => !file.includes("node_modules") });
  return target;
}

/** Imports a package that is installed in WORK. */
export function requireFrom(name, work) {
  return createRequire(path.join(work, "package.json"))(name);
}

/** Runs a program of an installed package with this Node.js: `node(["vite/bin/vite.js", "build"], …)`. */
export function node(argv, options) {
  const [program, ...rest] = argv;
  return sh(process.execPath, [path.join(options.work, "node_modules", program), ...rest], options);
}

/** Runs a program, and returns its output. If the program fails, rejects with the output. */
export function sh(program, argv, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { cwd, env: { ...process.env, ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${argv.join(" ")} exited with ${code ?? signal}\n${output}`));
    });
  });
}

/** Starts a server, and waits until its output matches `ready`. Its process group also has the processes that it starts. */
export async function serve(program, argv, { cwd, env = {} }, ready) {
  const stdio = ["ignore", "pipe", "pipe"];
  const child = spawn(program, argv, { cwd, env: { ...process.env, ...QUIET, ...env }, stdio, timeout: TIMEOUT_MS, detached: true });
  const stop = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
  };
  process.on("exit", stop);
  let output = "";
  const match = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${program} ${argv.join(" ")} exited with ${code}\n${output}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        const match = output.match(ready);
        if (match) resolve(match);
      });
    }
  });
  return { match, stop, output: () => output };
}

/** Disables telemetry and update checks. */
const QUIET = {
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  // Otherwise wrangler requests the location of this machine.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
  CI: "1",
};
