// Starts an emulator on a free port.
import { spawn } from "node:child_process";

/** The emulator stops with this program. */
export async function startEmulator(ajo) {
  const child = spawn(ajo, ["emulator", "serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const stop = () => child.kill();
  process.on("exit", stop);
  const settings = await readVariables(child);
  const control = async (method, path, body) => {
    const response = await fetch(`${settings.AJO_IMS_URL}/_emulator${path}`, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  return {
    /** The printed variables: `AJO_BASE_URL` and so on. */
    settings,
    control,
    reset: () => control("POST", "/reset"),
    /** The request log, optionally of one operation. */
    calls: async (operation) => (await control("GET", operation ? `/calls?operation=${operation}` : "/calls")).calls,
    stop,
  };
}

/** Reads the lines `export AJO_BASE_URL='…'`. The sandbox is the last one. */
function readVariables(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the emulator exited with code ${code}`)));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const variables = Object.fromEntries([...output.matchAll(/^export (AJO_\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));
      if (variables.AJO_SANDBOX !== undefined) resolve(variables);
    });
  });
}
