// A core that follows a script, and helpers for `fetch` without a network.

import { AjoClient } from "../src/client.js";
import { core, type CoreExports } from "../src/core.js";
import type { AjoOptions } from "../src/options.js";
import type { Step } from "../src/step.js";

export const SECRET = "p8e-canary-secret-0123456789";
export const TOKEN = "eyJ-canary-token-0123456789abcdef";

/** A line of a script: a step, a function of the last outcome that returns one, or a panic. */
export type Line = Partial<Step> | ((outcome: StepOutcome) => Partial<Step>) | "panic";

/** The outcome of a step, as the core receives it. */
export interface StepOutcome {
  problem?: string;
  detail?: string;
  status?: number;
  headers?: Record<string, string>;
  tooLong?: boolean;
  token?: string;
  value?: string | null;
  body: string;
}

/** Parses JSON like the core, which panics on an escaped lone surrogate. */
function read(json: string): any {
  if (/\\ud[89a-f]/i.test(json.replaceAll("\\\\", ""))) throw new WebAssembly.RuntimeError("unreachable: a lone surrogate");
  return JSON.parse(json);
}

/** A core that returns the lines of a script for every call, in order. */
export class ScriptedCore implements CoreExports {
  outcomes: StepOutcome[] = [];
  inputs: Record<string, unknown>[] = [];
  operations: string[] = [];
  cancelled: number[] = [];
  closed: number[] = [];
  opened: Record<string, unknown>[] = [];
  #positions = new Map<number, number>();
  #lines: Line[];
  #calls = 0;

  constructor(...lines: Line[]) {
    this.#lines = lines;
  }

  open(options: string): string {
    this.opened.push(read(options));
    return JSON.stringify({ client: this.opened.length });
  }

  close(client: number): void {
    this.closed.push(client);
  }

  start(_client: number, input: string, definition: string): string {
    const { operation, ...rest } = read(input);
    this.operations.push(operation);
    this.inputs.push({ ...rest, ...(definition !== "" && { config: read(definition) }) });
    this.#calls += 1;
    this.#positions.set(this.#calls, 0);
    return this.#next(this.#calls, { body: "" });
  }

  resume(call: number, json: string, body: string): string {
    const outcome = { ...read(json), body };
    this.outcomes.push(outcome);
    return this.#next(call, outcome);
  }

  cancel(call: number): void {
    this.cancelled.push(call);
  }

  /** Undeploys at once. */
  redeploy(results: string): string {
    const calls = ["get", "undeploy", "deploy", "get"];
    const call = calls[results === "" ? 0 : results.split(",").length];
    return JSON.stringify(call === undefined ? { live: results.endsWith("new") ? "new" : "none", message: "NO limit is live" } : { call });
  }

  validate(api: string, definition: string): string {
    if (definition.includes("panic")) throw new WebAssembly.RuntimeError("unreachable");
    read(definition);
    return JSON.stringify([{ code: "CODE", message: `${api} ${definition}`, pointer: "", severity: "error" }]);
  }

  definitionOf(config: string): string {
    return config.startsWith("{") ? JSON.stringify({ config }) : "null";
  }

  #next(call: number, outcome: StepOutcome): string {
    const position = this.#positions.get(call) ?? 0;
    this.#positions.set(call, position + 1);
    const line = this.#lines[position];
    if (line === "panic") throw new WebAssembly.RuntimeError("unreachable");
    if (line === undefined) throw new Error("the script has no more lines");
    return JSON.stringify({ call, ...(typeof line === "function" ? line(outcome) : line) });
  }
}

let current: ScriptedCore;
/** The number of created instances. */
export let instances = 0;

core.setInstantiate(() => {
  instances += 1;
  return {
    open: (options) => current.open(options),
    close: (client) => current.close(client),
    start: (client, input, definition) => current.start(client, input, definition),
    resume: (call, outcome, body) => current.resume(call, outcome, body),
    cancel: (call) => current.cancel(call),
    redeploy: (results) => current.redeploy(results),
    validate: (api, definition) => current.validate(api, definition),
    definitionOf: (config) => current.definitionOf(config),
  };
});

/** Replaces the scripted core. */
export function useCore(...lines: Line[]): ScriptedCore {
  current = new ScriptedCore(...lines);
  return current;
}

/** Options that every client needs. */
const IDENTITY = { clientId: "id", orgId: "org", sandbox: "prod" };

/** A client with a scripted core. */
export function scriptedClient(lines: Line[], options: AjoOptions = {}): { ajo: AjoClient; core: ScriptedCore } {
  const scripted = useCore(...lines);
  return { ajo: new AjoClient({ ...(options.accessToken === undefined && { clientSecret: SECRET, scopes: ["a", "b"] }), ...IDENTITY, ...options }), core: scripted };
}

/** A step that sends a request. */
export function sendStep(changes: Partial<NonNullable<Step["send"]>> = {}): Partial<Step> {
  return {
    send: {
      method: "POST",
      url: "https://service.test/list/endpointConfigs",
      headers: [["Authorization", `Bearer ${TOKEN}`], ["Content-Type", "application/json"]],
      body: "{}",
      timeoutMs: 1000,
      maxBytes: 100,
      maxFailureBytes: 10,
      ...changes,
    },
  };
}

/** The last line of a call without a value. */
export const done: Line = { done: null };

/** Makes a call, and returns the outcome of its last step. */
export async function lastOutcome({ ajo, core }: { ajo: AjoClient; core: ScriptedCore }): Promise<StepOutcome> {
  await ajo.capping.list();
  return core.outcomes.at(-1) as StepOutcome;
}

/** Casts a mock to `fetch`. */
export function asFetch(mock: (url: string, init: any) => unknown): any {
  return mock;
}

/** The error with which a promise rejects. */
export async function rejection(promise: Promise<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was fulfilled");
}

/** A promise that never settles. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

export const sleep = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
