// A module that follows a script, and helpers for `fetch` without a network.

import * as actions from "../src/actions.js";
import { AjoClient } from "../src/client.js";
import type { CoreError } from "../src/core-error.js";
import type { ModuleExports } from "../src/module-exports.js";
import type { AjoOptions } from "../src/options.js";

export const SECRET = "p8e-canary-secret-0123456789";
export const TOKEN = "eyJ-canary-token-0123456789abcdef";

export const ORIGIN = "https://service.test";
export const BASE_URL = `${ORIGIN}/journey/orchestration`;
export const TOKEN_URL = "https://ims.test/ims/token/v3";
const TOKEN_BODY = `grant_type=client_credentials&client_secret=${SECRET}`;
const STORE_KEY = "key";

/** An action of the module. */
export interface Action {
  code: number;
  flags?: number;
  millis?: number;
  extra?: number;
  /** The error of the action FAILED. */
  error?: Partial<CoreError>;
}

/** A line of a script: an action, a function of the last report that returns one, or a trap. */
export type Line = Action | ((report: Report) => Action) | "trap";

/** The runtime's reports to the module. */
export interface Report {
  /** The input of a step without a text. */
  input?: number;
  value?: number;
  problem?: number;
  detail?: string;
  status?: number;
  headers?: Record<string, string>;
  body?: string | undefined;
  token?: string;
  stored?: string | undefined;
  timedOut?: boolean;
}

/** Parses JSON like the module, which traps on an escaped lone surrogate. */
function read(json: string): any {
  if (/\\ud[89a-f]/i.test(json.replaceAll("\\\\", ""))) throw new WebAssembly.RuntimeError("unreachable: a lone surrogate");
  return JSON.parse(json);
}

/** A module that returns the actions of a script for every call, in order. */
export class ScriptedModule implements ModuleExports {
  reports: Report[] = [];
  /** Operation numbers and limits of the calls. */
  begun: number[][] = [];
  definitions: unknown[] = [];
  cancelled: number[] = [];
  closed: number[] = [];
  opened: Record<string, unknown>[] = [];
  checkedUrls: string[] = [];
  checkedHeaders: [string, string][] = [];
  token = TOKEN;
  tokenBody = TOKEN_BODY;
  entry = `{"accessToken":"${TOKEN}"}`;
  tokensRead = 0;
  /** Generations of tokens. */
  invalidated: number[] = [];
  rejected: number[] = [];
  /** Whether there is only one token, which the caller passed. */
  isTokenFixed = false;
  #positions = new Map<number, number>();
  #lines: Line[];
  #last: Action = { code: actions.DONE };

  constructor(...lines: Line[]) {
    this.#lines = lines;
  }

  open(options: string): string {
    this.opened.push(read(options));
    const client = this.opened.length;
    return JSON.stringify({ client, baseUrl: BASE_URL, origin: ORIGIN, clientId: "id", orgId: "org", sandbox: this.opened.at(-1)?.["sandbox"], tokenUrl: TOKEN_URL });
  }

  close(client: number): void {
    this.closed.push(client);
  }

  accessToken(): string {
    this.tokensRead += 1;
    return this.token;
  }

  invalidate(_client: number, generation: number): boolean {
    this.invalidated.push(generation);
    return !this.isTokenFixed;
  }

  markRejected(_client: number, generation: number): void {
    this.rejected.push(generation);
  }

  begin(_client: number, operation: number, attemptTimeoutMs: number, timeoutMs: number, maxAttempts: number): number {
    this.begun.push([operation, attemptTimeoutMs, timeoutMs, maxAttempts]);
    this.#positions.set(this.begun.length, 0);
    return this.begun.length;
  }

  step(call: number, input: number, value: number): number {
    return this.#next(call, { input, ...(value !== 0 && { value }) });
  }

  cancel(call: number): void {
    this.cancelled.push(call);
  }

  millis(): number {
    return this.#last.millis ?? 1000;
  }

  extra(): number {
    return this.#last.extra ?? 0;
  }

  respond(call: number, status: number, requestId?: string, retryAfter?: string, debugId?: string, body?: string): number {
    const headers = Object.entries({ requestId, retryAfter, debugId }).filter(([, value]) => value !== undefined);
    return this.#next(call, { status, headers: Object.fromEntries(headers) as Record<string, string>, body });
  }

  sendFailed(call: number, problem: number, detail: string): number {
    return this.#next(call, { problem, detail });
  }

  invalidBody(call: number, status: number, _requestId: string | undefined, detail: string): number {
    return this.#next(call, { status, detail });
  }

  stored(call: number, stored: string | undefined): number {
    return this.#next(call, { stored });
  }

  tokenReturned(call: number, token: string): number {
    return this.#next(call, { token });
  }

  callbackFailed(call: number, timedOut: boolean, detail: string): number {
    return this.#next(call, { timedOut, detail });
  }

  tokenRequestBody(): string {
    return this.tokenBody;
  }

  storeKey(): string {
    return STORE_KEY;
  }

  storeEntry(): string {
    return this.entry;
  }

  takeError(_call: number, operation: string): string {
    return JSON.stringify({ kind: "api", code: "CODE", message: "failed", operation, ...this.#last.error });
  }

  encodeDefinition(_operation: number, definition: string): string | undefined {
    this.definitions.push(read(definition));
    return definition.includes("unencodable") ? undefined : definition;
  }

  takeProblem(operation: string): string {
    return JSON.stringify({ kind: "buildRequest", code: "BUILD_REQUEST", message: `${operation} failed: unknown field`, operation });
  }

  checkUid(uid: string): string | undefined {
    return `\`${uid}\` is not a valid configuration uid`;
  }

  checkHeader(name: string, value: string): string | undefined {
    this.checkedHeaders.push([name, value]);
    return name === "authorization" ? "header `authorization`: reserved for the client" : undefined;
  }

  checkUrl(_client: number, url: string): string | undefined {
    this.checkedUrls.push(url);
    return url.includes("evil") ? `\`${url}\` gets no access token` : undefined;
  }

  checkPath(path: string): string | undefined {
    return path.startsWith("/") ? undefined : `\`${path}\` cannot be used`;
  }

  checkSandbox(name: string): string | undefined {
    return name === "DEV" ? `\`${name}\` is not a valid sandbox name` : undefined;
  }

  /** Undeploys at once. */
  redeploy(results: string): string {
    const calls = ["get", "undeploy", "deploy", "get"];
    const call = calls[results === "" ? 0 : results.split(",").length];
    return JSON.stringify(call === undefined ? { live: results.endsWith("new") ? "new" : "none", message: "NO limit is live" } : { call });
  }

  selectService(wanted: string | undefined, present: string): string | undefined {
    return wanted ?? (present.includes(",") ? undefined : present || undefined);
  }

  /** Redeploys a deployed configuration. */
  limitChange(isChanged: boolean, live: string): number {
    return isChanged ? (live === "none" ? 1 : 3) : live === "old" ? 2 : 0;
  }

  validate(api: string, definition: string): string {
    if (definition.includes("invalid")) return JSON.stringify([{ code: "E", message: "bad", pointer: "/url", severity: "error" }]);
    if (definition.includes("trap")) throw new WebAssembly.RuntimeError("unreachable");
    read(definition);
    return JSON.stringify([{ code: "CODE", message: `${api} ${definition}`, pointer: "", severity: "error" }]);
  }

  definitionOf(api: string, config: string): string | undefined {
    return config.startsWith("{") ? JSON.stringify({ api, config }) : undefined;
  }

  #next(call: number, report: Report): number {
    const position = this.#positions.get(call) ?? 0;
    this.#positions.set(call, position + 1);
    if (position > 0) this.reports.push(report);
    const line = this.#lines[position];
    if (line === "trap") throw new WebAssembly.RuntimeError("unreachable");
    if (line === undefined) throw new Error("the script has no more lines");
    this.#last = typeof line === "function" ? line(report) : line;
    return this.#last.code | (this.#last.flags ?? 0);
  }
}

let current: ScriptedModule;
/** The number of created instances. */
export let instances = 0;

/** Replaces src/module.ts. */
export function instantiate(): ModuleExports {
  instances += 1;
  // A method of the module that is in use when it is called.
  return new Proxy({} as ModuleExports, {
    get: (_, name) => (...args: unknown[]) => (current as any)[name](...args),
  });
}

/** Replaces the scripted module. */
export function useModule(...lines: Line[]): ScriptedModule {
  current = new ScriptedModule(...lines);
  return current;
}

/** Options that every client needs. */
const IDENTITY = { clientId: "id", orgId: "org", sandbox: "prod" };

/** A client with a scripted module. */
export function scriptedClient(lines: Line[], options: AjoOptions = {}): { ajo: AjoClient; module: ScriptedModule } {
  const module = useModule(...lines);
  const credential = options.accessToken === undefined && { clientSecret: SECRET, scopes: ["a", "b"] };
  return { ajo: new AjoClient({ ...credential, ...IDENTITY, ...options }), module };
}

/** An action that sends the request of the call, with a token of a generation. */
export function send(changes: Partial<Action> = {}): Action {
  return { code: actions.SEND, flags: actions.ATTEMPT_STARTED, extra: 1, ...changes };
}

export const wait = (millis: number): Action => ({ code: actions.WAIT, millis });
export const requestToken: Action = { code: actions.REQUEST_TOKEN };
export const callback: Action = { code: actions.CALLBACK, millis: 20 };
export const readStore: Action = { code: actions.READ_STORE, millis: 20 };
export const writeStore: Action = { code: actions.WRITE_STORE, millis: 20, extra: 60 };
export const lockStore: Action = { code: actions.LOCK_STORE, millis: 20, extra: 30 };
export const unlockStore: Action = { code: actions.UNLOCK_STORE, millis: 20, extra: 1 };
export const done: Action = { code: actions.DONE };
export const failed = (error: Partial<CoreError> = {}): Action => ({ code: actions.FAILED, error });
/** Fails with the reported detail as its message. */
export const failedWithDetail = ({ detail = "" }: Report): Action => failed({ kind: "disconnected", code: "DISCONNECTED", message: `no: ${detail}` });

/** Makes a call, and returns the last report. */
export async function lastReport({ ajo, module }: { ajo: AjoClient; module: ScriptedModule }): Promise<Report> {
  await ajo.capping.list();
  return module.reports.at(-1) as Report;
}

/** A response of the service to `list`. */
export const listResponse = (...results: unknown[]): Response => Response.json({ results });

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
