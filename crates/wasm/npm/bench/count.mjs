// Counts installed bytes, and token requests of concurrent callers: node count.mjs AJO.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { startEmulator } from "./emulator.mjs";
import { printFigure } from "./figures.mjs";

const CALLERS = 100;
const CLIENTS = [
  // function in clients.mjs, label, package
  ["ajoLimits", "ajo-limits", "ajo-limits"],
  ["openapiFetch", "openapi-fetch, own token cache", "openapi-fetch"],
  ["adobeAuth", "@adobe/aio-lib-core-auth, fetch", "@adobe/aio-lib-core-auth"],
];

const settings = await startEmulator(path.resolve(process.argv[2]));
for (const [name, label] of CLIENTS) {
  await control("DELETE", "/calls");
  await startCallers(name);
  const { calls } = await control("GET", "/calls?operation=token");
  printFigure(`npm package, token requests of ${CALLERS} callers, ${label}`, calls.length, "requests");
}
const baseBytes = installedBytes("openapi-fetch");
for (const [, label, name] of CLIENTS) {
  const bytes = installedBytes(name);
  printFigure(`npm package, installed, ${label}`, bytes / 1000, "KB", bytes === baseBytes ? undefined : bytes / baseBytes);
}
process.exit(0);

/** Runs concurrent callers without a token in a new process. */
function startCallers(name) {
  const program = `
    import * as clients from "./clients.mjs";
    const client = await clients.${name}(${JSON.stringify(settings)});
    await Promise.all(Array.from({ length: ${CALLERS} }, () => client.list()));`;
  return new Promise((resolve, reject) => {
    const options = { cwd: import.meta.dirname, stdio: ["ignore", "ignore", "inherit"] };
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], options);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${name}: the callers failed`))));
  });
}

async function control(method, path) {
  const response = await fetch(`${settings.imsUrl}/_emulator${path}`, { method });
  if (!response.ok) throw new Error(await response.text());
  return response.status === 204 ? {} : response.json();
}

/** Bytes of a package and of its dependencies, as npm installed them. */
function installedBytes(name, seen = new Set()) {
  if (seen.has(name)) return 0;
  seen.add(name);
  const folder = path.join(import.meta.dirname, "node_modules", name);
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  return Object.keys(dependencies).reduce((sum, dependency) => sum + installedBytes(dependency, seen), bytesIn(folder));
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}
