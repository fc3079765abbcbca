// An emulator on a free port of this machine.
import { spawn } from "node:child_process";

/** Starts one. It ends with this program. */
export async function startEmulator(ajo) {
  const child = spawn(ajo, ["emulator", "serve", "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const stop = () => child.kill();
  process.on("exit", stop);
  const settings = await printed(child);
  const control = async (method, where, body) => {
    const answer = await fetch(`${settings.AJO_IMS_URL}/_emulator${where}`, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  return {
    /** The variables that it prints: `AJO_BASE_URL` and so on. */
    settings,
    control,
    reset: () => control("POST", "/reset"),
    /** The journal, of one operation or of all. */
    calls: async (operation) => (await control("GET", operation ? `/calls?operation=${operation}` : "/calls")).calls,
    stop,
  };
}

/** What it prints for shells to read: `export AJO_BASE_URL='…'`, the sandbox last. */
function printed(child) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the emulator ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const found = Object.fromEntries([...text.matchAll(/^export (AJO_\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));
      if (found.AJO_SANDBOX !== undefined) resolve(found);
    });
  });
}
