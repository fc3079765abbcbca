// The emulator's core: one WebAssembly instance, in which each emulator has a number.
import * as glue from "#emulator-glue";
import { EmulatorError } from "./emulator-error.js";
import type { WasmModule } from "./platform.js";

/** An answer but for its body, as crates/emulator-wasm/src/response_head.rs says it. */
export interface Head {
  status: number;
  headers: [string, string][];
  delayMs: number;
  manner: "whole" | "drop" | "reset" | "half";
}

/** A request as the core takes it. */
export interface Asked {
  method: string;
  /** With the query. */
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Uint8Array;
}

let load: (() => WasmModule) | undefined;
let state: "none" | "ready" | "broken" = "none";
/** Counts instances: what a broken one held is lost. */
let generation = 0;

/** Says where the module is from. It is compiled when the first emulator is made. */
export function provideEmulatorModule(from: () => WasmModule): void {
  load = from;
}

/** Closes what nobody holds any more, in the instance in which it was made. */
const abandoned =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<{ id: number; generation: number }>((made) => {
        if (made.generation === generation && state === "ready") glue.close(made.id);
      })
    : undefined;

/** One emulator of the core. */
export class World {
  readonly #settings: string;
  readonly #now: () => number;
  #id: number | undefined;
  #generation = 0;
  #closed = false;

  /** `settings` is JSON, as crates/emulator-wasm/src/settings.rs reads it. */
  constructor(settings: string, now: () => number) {
    this.#settings = settings;
    this.#now = now;
    this.#make();
  }

  /** Whether the instance that held it broke. */
  get isLost(): boolean {
    return this.#generation !== generation;
  }

  /** Makes it anew after that. */
  revive(): void {
    if (!this.#closed) this.#make();
  }

  /** One request, answered at once; how the answer is delivered stands in its head. */
  handle({ method, path, headers, body }: Asked): { head: Head; body: Uint8Array } {
    if (this.#closed) throw new EmulatorError("CLOSED", "this emulator is closed; make another");
    if (this.isLost) {
      throw new EmulatorError("BROKEN", "this emulator was lost when the core broke down; reset() makes it anew, empty");
    }
    return guarded(() => {
      const id = this.#id as number;
      const head = understood<Head>(glue.handle(id, method, path, JSON.stringify(headers), body, this.#now()), "BROKEN");
      return { head, body: glue.take_body() };
    });
  }

  close(): void {
    if (!this.#closed && !this.isLost) guarded(() => glue.close(this.#id as number));
    this.#closed = true;
    abandoned?.unregister(this);
  }

  #make(): void {
    const { id } = guarded(() => understood<{ id: number }>(glue.create(this.#settings), "OPTIONS"));
    this.#id = id;
    this.#generation = generation;
    abandoned?.register(this, { id, generation }, this);
  }
}

/** Runs something in the instance. A trap leaves it unusable, so there is another one then. */
function guarded<T>(run: () => T): T {
  ready();
  try {
    return run();
  } catch (cause) {
    if (cause instanceof EmulatorError) throw cause;
    state = "broken";
    generation += 1;
    throw new EmulatorError("BROKEN", `the emulator broke down: ${String((cause as Error | undefined)?.message ?? cause)}`, { cause });
  }
}

function ready(): void {
  if (state === "ready") return;
  if (state === "broken") glue.__wbg_reset_state();
  else if (load === undefined) throw new EmulatorError("BROKEN", "the emulator's module is missing from the package");
  else glue.initSync({ module: load() });
  state = "ready";
}

function understood<T>(json: string, code: "OPTIONS" | "BROKEN"): T {
  const answer = JSON.parse(json) as T | { failed: string };
  if (typeof answer === "object" && answer !== null && "failed" in answer) throw new EmulatorError(code, answer.failed);
  return answer as T;
}
