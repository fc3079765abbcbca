import type { ReleaseLock } from "./options.js";

/**
 * The locks of the token store that a client holds. The module knows them by number. An aborted call leaves its lock to the next call of
 * the client.
 */
export class StoreLocks {
  readonly #releases = new Map<number, ReleaseLock>();
  #last = 0;

  add(release: ReleaseLock): number {
    this.#last += 1;
    this.#releases.set(this.#last, release);
    return this.#last;
  }

  /** Releases a lock once. */
  async release(ticket: number): Promise<void> {
    const release = this.#releases.get(ticket);
    this.#releases.delete(ticket);
    await release?.();
  }
}
