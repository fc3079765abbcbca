// The emulator without a server: its own core as WebAssembly, behind a `fetch`.
import { Clock } from "./emulator-clock.js";
import { Control } from "./emulator-control.js";
import { EmulatorError } from "./emulator-error.js";
import { Faults, type FaultTarget } from "./emulator-faults.js";
import { fetchOf, type EmulatorFetch } from "./emulator-fetch.js";
import { Journal } from "./emulator-journal.js";
import { settingsOf, type EmulatorOptions } from "./emulator-options.js";
import { World } from "./emulator-world.js";

export { EmulatorError } from "./emulator-error.js";
export type { Clock, ClockReading } from "./emulator-clock.js";
export type { EmulatorOperation, EmulatorVerb, Fault, FaultEffect, Faults, FaultTarget, FaultWhen } from "./emulator-faults.js";
export type { EmulatorFetch } from "./emulator-fetch.js";
export type { Journal, JournalCall, JournalFilter } from "./emulator-journal.js";
export type { EmulatorCaller, EmulatorOptions, EmulatorSandbox } from "./emulator-options.js";

/** A port to which no `fetch` connects: whoever forgets to give the client `emulator.fetch` is told, and nobody is called. */
const HOST = "localhost:1";

/** What a client needs to call the emulator. The secret opens nothing else. */
export interface EmulatorClientOptions {
  clientId: string;
  clientSecret: string;
  orgId: string;
  /** With commas between them. */
  scopes: string;
  sandbox: string;
  baseUrl: string;
  imsUrl: string;
}

/** What somebody else does just before a call is processed, once: for tests of lost updates. */
export interface Interference {
  /** Before which call. */
  before: FaultTarget;
  /** Of which configuration; of any unless told otherwise. */
  uid?: string;
  /** What is done to the configuration that the call is about. */
  does: "edit" | "deploy" | "undeploy" | "delete";
  /** For `edit`, the new definition; without it only the metadata changes. */
  definition?: object;
  /** By whom, as the metadata shows it; `somebody-else` unless told otherwise. */
  by?: string;
}

/** Everything that is kept, as one versioned JSON document. No token and no secret is in it. */
export interface Snapshot {
  version: number;
  organizations: Record<string, unknown>;
}

/** The service, its gateway and the token host, in this program. Nothing leaves it, and only `fetch` is asynchronous. */
export interface Emulator {
  /**
   * As the global `fetch`, answered by the emulator, whichever host the URL names. Give it to the client, or call it.
   *
   * A connection that is dropped or reset rejects with a `TypeError`; half a body is one whose stream breaks. Latency is waited
   * for in real time, with the global `setTimeout`. An abort before the latency is over rejects with the signal's reason.
   */
  readonly fetch: EmulatorFetch;
  /** For a client: `new AjoClient({ ...emulator.options, fetch: emulator.fetch })`. */
  readonly options: Readonly<EmulatorClientOptions>;
  /** What was called. */
  readonly journal: Journal;
  /** What goes wrong. */
  readonly faults: Faults;
  /** What time it is. */
  readonly clock: Clock;
  /** Empties it: configurations, faults, journal and tokens; the clock is the real one again. Contradictions stay as they are. */
  reset(): void;
  /** Everything that is kept. */
  snapshot(): Snapshot;
  /**
   * Takes a snapshot up in place of what is there.
   *
   * @throws EmulatorError `REFUSED` for what is no snapshot of an emulator with these organizations; nothing is changed then.
   */
  restore(snapshot: Snapshot): void;
  /**
   * Has somebody else act once, before a call.
   *
   * @throws EmulatorError `REFUSED` for what is no interference, and when 100 wait already.
   */
  interfere(interference: Interference): void;
  /**
   * Takes other sides where Adobe's documents contradict each other, and gives all of them: see docs/emulator.md.
   *
   * @throws EmulatorError `REFUSED` for a switch or a side that is not there, with those that are.
   */
  switches(sides?: Readonly<Record<string, string>>): Record<string, string>;
  /** Forgets every token that was granted, as if each had been revoked. */
  revokeTokens(): void;
  /**
   * Any other request of the control API: `control("GET", "/configs?find=api.example.org")`. `body` is what JSON can say.
   *
   * @throws EmulatorError `REFUSED` with the answer's status, when it is no success.
   */
  control(method: string, path: string, body?: unknown): unknown;
  /** Gives its memory back. It cannot be used afterwards. An emulator that nobody holds any more is closed in time. */
  close(): void;
}

/**
 * Makes an emulator: a service of its own, which nothing else knows of.
 *
 * ```ts
 * const emulator = createEmulator();
 * const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
 * emulator.faults.set({ at: "capping.list", when: "first:2", fault: "drop_before" });
 * await ajo.capping.list(); // the client tries a third time
 * ```
 *
 * @throws EmulatorError `OPTIONS` for options that it does not have or cannot be used.
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const world = new World(settingsOf(options), options.now ?? (() => Date.now()));
  const control = new Control(world, HOST);
  const emulator: Emulator = {
    fetch: fetchOf(world, `http://${HOST}`),
    options: Object.freeze(clientOptions(control)),
    journal: new Journal(control),
    faults: new Faults(control),
    clock: new Clock(control),
    reset() {
      if (world.isLost) world.revive();
      else control.ask("POST", "/reset");
    },
    snapshot: () => control.ask("GET", "/state"),
    restore: (snapshot) => void control.ask("PUT", "/state", snapshot),
    interfere: (interference) => void control.ask("POST", "/interferences", interference),
    switches: (sides) => (sides === undefined ? control.ask("GET", "/switches") : control.ask("PUT", "/switches", sides)),
    revokeTokens: () => void control.ask("POST", "/tokens/revoke"),
    control(method, path, body) {
      if (typeof path !== "string" || !path.startsWith("/")) {
        throw new EmulatorError("REFUSED", "a path of the control API begins with a slash: /configs");
      }
      return control.ask(method, path === "/" ? "" : path, body);
    },
    close: () => world.close(),
  };
  return emulator;
}

/** The emulator's own settings for programs, under the names that the client has for them. */
function clientOptions(control: Control): EmulatorClientOptions {
  const variables = control.ask<Record<string, string>>("GET", "/environment");
  const of = (name: string): string => variables[`AJO_${name}`] ?? "";
  return {
    clientId: of("CLIENT_ID"),
    clientSecret: of("CLIENT_SECRET"),
    orgId: of("ORG_ID"),
    scopes: of("SCOPES"),
    sandbox: of("SANDBOX"),
    baseUrl: of("BASE_URL"),
    imsUrl: of("IMS_URL"),
  };
}
