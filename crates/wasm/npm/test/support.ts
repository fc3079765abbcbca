// A core that follows a script, and answers of `fetch` that need no network.

import { AjoClient } from "../src/client.js";
import { core, type CoreExports } from "../src/core.js";
import type { AjoOptions } from "../src/options.js";
import type { Step } from "../src/step.js";

export const SECRET = "p8e-canary-secret-0123456789";
export const TOKEN = "eyJ-canary-token-0123456789abcdef";

/** What a script says next: a step, or what makes one of the last answer, or a panic. */
export type Line = Partial<Step> | ((answer: Answer) => Partial<Step>) | "panic";

export interface Answer {
  problem?: string;
  detail?: string;
  status?: number;
  headers?: Record<string, string>;
  tooLong?: boolean;
  token?: string;
  value?: string | null;
  body: string;
}

/** Reads JSON as the core does, which panics at an escaped half of a surrogate pair. */
function read(json: string): any {
  if (/\\ud[89a-f]/i.test(json.replaceAll("\\\\", ""))) throw new WebAssembly.RuntimeError("unreachable: a lone surrogate");
  return JSON.parse(json);
}

/** A core that answers every call with the lines of a script, in order. */
export class ScriptedCore implements CoreExports {
  /** What was answered to the steps. */
  answers: Answer[] = [];
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

  resume(call: number, answer: string, body: string): string {
    const given = { ...read(answer), body };
    this.answers.push(given);
    return this.#next(call, given);
  }

  cancel(call: number): void {
    this.cancelled.push(call);
  }

  validate(api: string, definition: string): string {
    if (definition.includes("panic")) throw new WebAssembly.RuntimeError("unreachable");
    read(definition);
    return JSON.stringify([{ code: "CODE", message: `${api} ${definition}`, pointer: "", severity: "error" }]);
  }

  #next(call: number, answer: Answer): string {
    const position = this.#positions.get(call) ?? 0;
    this.#positions.set(call, position + 1);
    const line = this.#lines[position];
    if (line === "panic") throw new WebAssembly.RuntimeError("unreachable");
    if (line === undefined) throw new Error("the script is over");
    return JSON.stringify({ call, ...(typeof line === "function" ? line(answer) : line) });
  }
}

let current: ScriptedCore;
/** How many instances were made. */
export let instances = 0;

core.provide(() => {
  instances += 1;
  return {
    open: (options) => current.open(options),
    close: (client) => current.close(client),
    start: (client, input, definition) => current.start(client, input, definition),
    resume: (call, answer, body) => current.resume(call, answer, body),
    cancel: (call) => current.cancel(call),
    validate: (api, definition) => current.validate(api, definition),
  };
});

/** Puts a core in place of the last one. */
export function useCore(...lines: Line[]): ScriptedCore {
  current = new ScriptedCore(...lines);
  return current;
}

/** What every client needs. */
const WHO = { clientId: "id", orgId: "org", sandbox: "prod" };

/** A client on a script. */
export function clientOn(lines: Line[], options: AjoOptions = {}): { ajo: AjoClient; core: ScriptedCore } {
  const scripted = useCore(...lines);
  return { ajo: new AjoClient({ ...(options.accessToken === undefined && { clientSecret: SECRET, scopes: ["a", "b"] }), ...WHO, ...options }), core: scripted };
}

/** A step that sends something. */
export function sending(changes: Partial<NonNullable<Step["send"]>> = {}): Partial<Step> {
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

/** A last line: the call is over, and had no value. */
export const over: Line = { done: null };

/** What the core was told of the last step of a call. */
export async function lastTold({ ajo, core }: { ajo: AjoClient; core: ScriptedCore }): Promise<Answer> {
  await ajo.capping.list();
  return core.answers.at(-1) as Answer;
}

/** Whatever it is, as a `fetch`. */
export function fetching(answer: (url: string, init: any) => unknown): any {
  return answer;
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it should have failed");
}

/** A promise that stays open. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

export const soon = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
