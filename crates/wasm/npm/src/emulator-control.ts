import { EmulatorError } from "./emulator-error.js";
import type { World } from "./emulator-world.js";

/** The control API, which is all that the emulator's other parts know. */
export class Control {
  readonly #world: World;
  readonly #host: string;

  constructor(world: World, host: string) {
    this.#world = world;
    this.#host = host;
  }

  /** One request; an answer that is no success is an error with what the emulator says. */
  ask<T>(method: string, path: string, body?: unknown): T {
    const sent = body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body));
    const asked = { method, path: `/_emulator${path}`, headers: [["host", this.#host]] as const, body: sent };
    const { head, body: received } = this.#world.handle(asked);
    const value = JSON.parse(new TextDecoder().decode(received) || "null") as T;
    if (head.status !== 200) {
      const message = (value as { message?: string } | null)?.message ?? `the control API answers ${head.status}`;
      throw new EmulatorError("REFUSED", message, { status: head.status });
    }
    return value;
  }
}
