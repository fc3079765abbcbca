// One WebAssembly instance contains all emulators. Each has a number.
import * as glue from "#glue";
import { EmulatorError } from "./emulator-error.js";

/** A `WebAssembly.Module`, or any object if the program has no such type. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Known } } } ? Known : object;

/** A response without its body, in the format of crates/emulator-wasm/src/response_head.rs. */
export interface ResponseHead {
  status: number;
  headers: [string, string][];
  delayMs: number;
  deliveryMode: "whole" | "drop" | "reset" | "half";
}

export interface EmulatorRequest {
  method: string;
  /** Includes the query. */
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array;
}

let load: (() => WasmModule) | undefined;
let instanceState: "none" | "ready" | "crashed" = "none";
/** Counts instances. A crash loses the emulators of an instance. */
let generation = 0;

/** Sets the source of the module. It is compiled for the first emulator. */
export function provideModule(loadModule: () => WasmModule): void {
  load = loadModule;
}

/** Closes garbage-collected emulators, unless their instance is gone. */
const unreachable =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<{ id: number; generation: number }>((emulator) => {
        if (emulator.generation === generation && instanceState === "ready") glue.close(emulator.id);
      })
    : undefined;

/** An emulator inside the WebAssembly instance. */
export class EmulatorHandle {
  readonly #settings: string;
  readonly #now: () => number;
  #id: number | undefined;
  #generation = 0;
  #closed = false;

  /** `settings` is JSON in the format of crates/emulator-wasm/src/emulator_options.rs. */
  constructor(settings: string, now: () => number) {
    this.#settings = settings;
    this.#now = now;
    this.#create();
  }

  /** Whether a crash of the instance has lost the emulator. */
  get isLost(): boolean {
    return this.#generation !== generation;
  }

  /** Replaces a lost emulator with an empty one. */
  recreate(): void {
    if (!this.#closed) this.#create();
  }

  /** Processes a request. The head says how to deliver the response. */
  respond({ method, path, headers, body }: EmulatorRequest): { head: ResponseHead; body: Uint8Array } {
    if (this.#closed) throw new EmulatorError("CLOSED", "the emulator is closed; create another one");
    if (this.isLost) {
      throw new EmulatorError("CRASHED", "a crash has lost this emulator's state; call reset() to start an empty one");
    }
    return runInInstance(() => {
      const id = this.#id as number;
      const head = parseResult<ResponseHead>(glue.handle(id, method, path, JSON.stringify(headers), body, this.#now()), "CRASHED");
      return { head, body: glue.take_body() };
    });
  }

  close(): void {
    if (!this.#closed && !this.isLost) runInInstance(() => glue.close(this.#id as number));
    this.#closed = true;
    unreachable?.unregister(this);
  }

  #create(): void {
    const { id } = runInInstance(() => parseResult<{ id: number }>(glue.create(this.#settings), "INVALID_OPTIONS"));
    this.#id = id;
    this.#generation = generation;
    unreachable?.register(this, { id, generation }, this);
  }
}

/** Runs code in the instance. A trap makes the instance unusable, so the next call creates another. */
function runInInstance<T>(run: () => T): T {
  ensureReady();
  try {
    return run();
  } catch (cause) {
    if (cause instanceof EmulatorError) throw cause;
    instanceState = "crashed";
    generation += 1;
    throw new EmulatorError("CRASHED", `the emulator crashed: ${String((cause as Error | undefined)?.message ?? cause)}`, { cause });
  }
}

/** Globals that the module and its glue need. */
const REQUIRED = ["WebAssembly", "TextEncoder", "TextDecoder"];

function ensureReady(): void {
  if (instanceState === "ready") return;
  const missing = REQUIRED.find((name) => !(name in globalThis));
  if (missing !== undefined) {
    throw new EmulatorError("UNSUPPORTED", `this environment has no global ${missing}, which ajo-limits-emulator needs`);
  }
  if (instanceState === "crashed") glue.__wbg_reset_state();
  else if (load === undefined) throw new EmulatorError("CRASHED", "the emulator's WebAssembly module is missing from the package");
  else glue.initSync({ module: load() });
  instanceState = "ready";
}

function parseResult<T>(json: string, code: "INVALID_OPTIONS" | "CRASHED"): T {
  const result = JSON.parse(json) as T | { failed: string };
  if (typeof result === "object" && result !== null && "failed" in result) throw new EmulatorError(code, result.failed);
  return result as T;
}
