// The emulator, and the cores of the two processes.
import { spawn, spawnSync } from "node:child_process";
import os from "node:os";

const canPin = os.cpus().length > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** A command on a core of its own, where that is possible: the emulator on 0, its clients on 1. */
export function pin(core, command) {
  return canPin ? ["taskset", "-c", String(core), ...command] : command;
}

/** Starts the emulator on a free port and returns its settings. It stops with this program. */
export async function startEmulator(ajo) {
  const [file, ...rest] = pin(0, [ajo, "emulator", "serve", "--port", "0"]);
  const served = spawn(file, rest, { stdio: ["ignore", "pipe", "ignore"] });
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
