// Starts the emulator, and pins processes to CPU cores.
import { spawn } from "node:child_process";

/** The cores that xtask chose for the emulator and its clients. Without them, nothing is pinned. */
export const [SERVER_CORE, CLIENT_CORE] = (process.env.BENCH_CORES ?? "").split(",");

/** The command, pinned to the core if there is one. */
export function pin(core, command) {
  return core ? ["taskset", "-c", core, ...command] : command;
}

/** Starts the emulator on a free port and returns its settings. It stops with this program. */
export async function startEmulator(ajo) {
  const [file, ...rest] = pin(SERVER_CORE, [ajo, "emulator", "serve", "--port", "0"]);
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "ignore"] });
  process.on("exit", () => child.kill());
  let text = "";
  for await (const chunk of child.stdout) {
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
