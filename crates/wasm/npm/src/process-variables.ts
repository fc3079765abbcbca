import { readProperty } from "./error-message.js";

/** The variables of the process; `undefined` in a runtime without them. */
export function processEnv(): object | undefined {
  return readProperty(readProperty(globalThis, "process"), "env") as object | undefined;
}

/** A variable of the process, if reading it asks for no permission: Deno would prompt, and a client without variables needs none. */
export function processVariable(name: string): string | undefined {
  try {
    const permissions = (globalThis as { Deno?: { permissions: DenoPermissions } }).Deno?.permissions;
    if (permissions && permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
    return readVariable(processEnv() ?? {}, name);
  } catch {
    return undefined;
  }
}

interface DenoPermissions {
  querySync(descriptor: { name: "env"; variable: string }): { state: string };
}

/** A variable without the white space around it. Other values than strings are bindings of a Worker. */
export function readVariable(env: object, name: string): string | undefined {
  const value = (env as Record<string, unknown>)[name];
  return typeof value === "string" ? trim(value) || undefined : undefined;
}

/** Like Rust, and unlike `String.trim`: a byte order mark is no white space. */
export function trim(text: string): string {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}
