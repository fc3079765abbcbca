// The emulator, and the cores of the two processes.
import { spawn } from "node:child_process";

/** The two cores that xtask chose: of the emulator, and of its clients. Without them, nothing is pinned. */
export const [SERVER_CORE, CLIENT_CORE] = (process.env.BENCH_CORES ?? "").split(",");

/** A command on this core, if there is one. */
export function pin(core, command) {
  return core ? ["taskset", "-c", core, ...command] : command;
}

/** Starts the emulator on a free port and returns its settings. It stops with this program. */
export async function startEmulator(ajo) {
  const [file, ...rest] = pin(SERVER_CORE, [ajo, "emulator", "serve", "--port", "0"]);
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
