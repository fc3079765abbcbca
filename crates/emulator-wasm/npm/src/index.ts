// The emulator as WebAssembly behind a `fetch`, without a server.
import { Clock } from "./clock.js";
import { ControlApi } from "./control.js";
import { EmulatorError } from "./emulator-error.js";
import { Faults, type FaultTarget } from "./faults.js";
import { createFetch, type EmulatorFetch } from "./fetch.js";
import { EmulatorHandle } from "./handle.js";
import { type EmulatorOptions, toSettingsJson } from "./options.js";
import { RequestLog } from "./request-log.js";

export { EmulatorError } from "./emulator-error.js";
export type { Clock, ClockReading } from "./clock.js";
export type { EmulatorOperation, EmulatorVerb, Fault, FaultEffect, Faults, FaultTarget, FaultWhen } from "./faults.js";
export type { EmulatorFetch } from "./fetch.js";
export type { EmulatorOptions, EmulatorSandbox, RegisteredClient } from "./options.js";
export type { LoggedRequest, RequestLog, RequestLogFilter } from "./request-log.js";

/** No `fetch` can connect to this port, so a client without `emulator.fetch` fails instead of calling another server. */
const HOST = "localhost:1";

/** The options with which a client calls the emulator. The secret is valid nowhere else. */
export interface EmulatorClientOptions {
  clientId: string;
  clientSecret: string;
  orgId: string;
  /** Comma-separated. */
  scopes: string;
  sandbox: string;
  baseUrl: string;
  imsUrl: string;
}

/** A change by another user, made once, just before a call is processed. Tests use it to provoke lost updates. */
export interface ConcurrentEdit {
  /** The call that triggers it. */
  before: FaultTarget;
  /** Only calls about this configuration. Default: any. */
  uid?: string;
  /** The change to the configuration of that call. */
  mutation: "edit" | "deploy" | "undeploy" | "delete";
  /** For `edit`: the new definition. Default: only the metadata changes. */
  definition?: object;
  /** The user in the metadata. Default: `other-user`. */
  by?: string;
}

/** The whole state as one versioned JSON document. It contains no token and no secret. */
export interface Snapshot {
  version: number;
  organizations: Record<string, unknown>;
}

/** An emulator of the service, its gateway and the token endpoint, in this process. Only `fetch` is asynchronous. */
export interface Emulator {
  /**
   * Replaces the global `fetch`: pass it to the client, or call it. It sends every request to the emulator, whatever the host in
   * the URL.
   *
   * A dropped or reset connection rejects with a `TypeError`; for half a body, the stream fails. Latency is in real time, with the
   * global `setTimeout`. An abort during the latency rejects with the signal's reason.
   */
  readonly fetch: EmulatorFetch;
  /** Options for a client: `new AjoClient({ ...emulator.options, fetch: emulator.fetch })`. */
  readonly options: Readonly<EmulatorClientOptions>;
  readonly requestLog: RequestLog;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Removes configurations, faults, logged requests and tokens, and returns the clock to real time. Quirks stay as they are. */
  reset(): void;
  snapshot(): Snapshot;
  /**
   * Replaces the state with a snapshot.
   *
   * @throws EmulatorError `REJECTED` for a snapshot of another format or of other organizations. The state stays as it was.
   */
  restore(snapshot: Snapshot): void;
  /**
   * Adds a change by another user.
   *
   * @throws EmulatorError `REJECTED` for an invalid edit, and if 100 edits are already pending.
   */
  addConcurrentEdit(edit: ConcurrentEdit): void;
  /**
   * Sets variants of behavior that Adobe's documentation leaves open, and returns the variants of all quirks. docs/emulator.md
   * lists them.
   *
   * @throws EmulatorError `REJECTED` for an unknown quirk or variant.
   */
  quirks(variants?: Readonly<Record<string, string>>): Record<string, string>;
  /** Revokes all tokens. */
  revokeTokens(): void;
  /**
   * Sends any other request to the control API: `control("GET", "/configs?find=api.example.org")`. `body` is sent as JSON.
   *
   * @throws EmulatorError `REJECTED` with the response's status, unless it is 200.
   */
  control(method: string, path: string, body?: unknown): unknown;
  /** Frees the emulator's memory. The emulator cannot be used afterwards. Garbage collection closes it too, but later. */
  close(): void;
}

/**
 * Creates an emulator. Emulators share no state.
 *
 * ```ts
 * const emulator = createEmulator();
 * const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
 * emulator.faults.set({ at: "capping.list", when: "first:2", fault: "drop_before" });
 * await ajo.capping.list(); // the third attempt succeeds
 * ```
 *
 * @throws EmulatorError `INVALID_OPTIONS` for an unknown option or an invalid value.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const handle = new EmulatorHandle(toSettingsJson(options), options.now ?? (() => Date.now()));
  const control = new ControlApi(handle, HOST);
  const emulator: Emulator = {
    fetch: createFetch(handle, `http://${HOST}`),
    options: Object.freeze(clientOptions(control)),
    requestLog: new RequestLog(control),
    faults: new Faults(control),
    clock: new Clock(control),
    reset() {
      if (handle.isLost) handle.recreate();
      else control.request("POST", "/reset");
    },
    snapshot: () => control.request("GET", "/state"),
    restore: (snapshot) => void control.request("PUT", "/state", snapshot),
    addConcurrentEdit: (edit) => void control.request("POST", "/concurrent-edits", edit),
    quirks: (variants) => (variants === undefined ? control.request("GET", "/quirks") : control.request("PUT", "/quirks", variants)),
    revokeTokens: () => void control.request("POST", "/tokens/revoke"),
    control(method, path, body) {
      if (typeof path !== "string" || !path.startsWith("/")) {
        throw new EmulatorError("REJECTED", "control: `path` must start with a slash, as in /configs");
      }
      return control.request(method, path === "/" ? "" : path, body);
    },
    close: () => handle.close(),
  };
  return emulator;
}

/** Converts the emulator's environment variables to client options. */
function clientOptions(control: ControlApi): EmulatorClientOptions {
  const variables = control.request<Record<string, string>>("GET", "/environment");
  const variable = (name: string): string => variables[`AJO_${name}`] ?? "";
  return {
    clientId: variable("CLIENT_ID"),
    clientSecret: variable("CLIENT_SECRET"),
    orgId: variable("ORG_ID"),
    scopes: variable("SCOPES"),
    sandbox: variable("SANDBOX"),
    baseUrl: variable("BASE_URL"),
    imsUrl: variable("IMS_URL"),
  };
}
