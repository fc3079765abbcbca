// Folders in which the package is installed as a user installs it, and programs that run in them.
import { spawn } from "node:child_process";
import { cp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const here = import.meta.dirname;
/** Longest time of one program, in milliseconds: a build of Next.js takes 40 s on two slow cores. */
const LONGEST = 180_000;

/** Installs the packages that FROM's package.json names, and the tarball, into WORK. A folder in WORK finds all of them. */
export async function install(tarball, work, from = here) {
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) await cp(path.join(from, name), path.join(work, name));
  // npm takes what has the same version for the same.
  await rm(path.join(work, "node_modules/ajo-limits"), { recursive: true, force: true });
  await rm(path.join(work, "node_modules/.package-lock.json"), { force: true });
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Without the packages' scripts: some would download a program that is there already, as an optional package.
  const how = ["--no-save", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--silent"];
  await sh(npm, ["install", ...how, tarball], { cwd: work });
}

/** A fresh copy of a folder, in WORK. */
export async function copy(source, work, name) {
  const target = path.join(work, name);
  await rm(target, { recursive: true, force: true });
  await cp(path.resolve(here, source), target, { recursive: true, filter: (file) => !file.includes("node_modules") });
  return target;
}

/** An installed package, for the test's own use. */
export function tool(name, work) {
  return createRequire(path.join(work, "package.json"))(name);
}

/** Runs a program of an installed package with this Node.js: `node(["vite/bin/vite.js", "build"], …)`. */
export function node(argv, options) {
  const [program, ...rest] = argv;
  return sh(process.execPath, [path.join(options.work, "node_modules", program), ...rest], options);
}

/** Runs a program to its end and gives what it printed; rejects with that when it fails. */
export function sh(program, argv, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { cwd, env: { ...process.env, ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${program} ${argv.join(" ")} ended with ${code ?? signal}\n${text}`));
    });
  });
}

/** Starts a server, and gives what its output matches. `stop` ends it. */
export async function serve(program, argv, { cwd, env = {} }, ready) {
  const child = spawn(program, argv, { cwd, env: { ...process.env, ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST });
  const stop = () => child.kill("SIGKILL");
  process.on("exit", stop);
  let text = "";
  const match = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => reject(new Error(`${program} ${argv.join(" ")} ended with ${code}\n${text}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += chunk;
        const found = text.match(ready);
        if (found) resolve(found);
      });
    }
  });
  return { match, stop, output: () => text };
}

/** Tools that would tell somebody that they are used, or ask for a newer version of themselves. */
const QUIET = {
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
  CI: "1",
};
