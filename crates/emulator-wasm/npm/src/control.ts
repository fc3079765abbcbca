import { EmulatorError } from "./emulator-error.js";
import type { EmulatorHandle } from "./handle.js";

/** The emulator's control API. */
export class ControlApi {
  readonly #handle: EmulatorHandle;
  readonly #host: string;

  constructor(handle: EmulatorHandle, host: string) {
    this.#handle = handle;
    this.#host = host;
  }

  /** Throws an `EmulatorError` with the emulator's message unless the status is 200. */
  request<T>(method: string, path: string, body?: unknown): T {
    const content = body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body));
    const request = { method, path: `/_emulator${path}`, headers: [["host", this.#host]] as const, body: content };
    const { head, body: received } = this.#handle.respond(request);
    const value = JSON.parse(new TextDecoder().decode(received) || "null") as T;
    if (head.status !== 200) {
      const message = (value as { message?: string } | null)?.message ?? `the control API responded with status ${head.status}`;
      throw new EmulatorError("REJECTED", message, { status: head.status });
    }
    return value;
  }
}
