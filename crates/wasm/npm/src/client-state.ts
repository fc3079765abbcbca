import { type CoreError, toAjoError } from "./core-error.js";
import { Secrets } from "./secrets.js";
import { StoreLocks } from "./store-locks.js";
import * as wasm from "./wasm-instance.js";

/** The identity of a client, as the module read it from the options. */
export interface ClientIdentity {
  readonly baseUrl: string;
  /** The origin of `baseUrl`. */
  readonly origin: string;
  readonly clientId: string;
  readonly orgId: string;
  readonly sandbox?: string;
  /** The URL of token requests. */
  readonly tokenUrl?: string;
}

/** The number of a client in one instance of the module. */
interface ClientHandle {
  client: number;
  instance: number;
}

/**
 * A client in the module, and its token. Opened once for each instance of the module.
 *
 * The token is a string outside the module: each of its tokens has a number, the generation, and only a new generation is copied.
 */
export class ClientState {
  readonly secrets: Secrets;
  readonly locks = new StoreLocks();
  readonly identity: ClientIdentity;
  readonly #options: string;
  readonly #handle: ClientHandle = { client: 0, instance: -1 };
  #token = "";
  /** Kept too, because concatenating a long string for each request costs more than the rest of its headers. */
  #authorization = "";
  /** Generation of the token; no generation is negative. */
  #generation = -1;

  /** Throws an `AjoValidationError` if the module rejects the options, which are JSON. */
  constructor(options: string) {
    this.#options = options;
    this.secrets = Secrets.fromOptions(options);
    this.identity = this.#open();
    closeWhenUnreachable(this, this.#handle);
  }

  /** The number of the client in the current instance. */
  number(): number {
    if (this.#handle.instance !== wasm.generation) this.#open();
    return this.#handle.client;
  }

  /** The token of the action that the module has just returned. */
  token(generation: number): string {
    if (generation !== this.#generation) {
      this.#token = wasm.run((it) => it.accessToken(this.#handle.client));
      this.#authorization = `Bearer ${this.#token}`;
      this.#generation = generation;
      this.secrets.add(this.#token);
    }
    return this.#token;
  }

  /** The same as the header `Authorization`. */
  authorization(generation: number): string {
    this.token(generation);
    return this.#authorization;
  }

  /** Rejects the token of a generation, so that the next call requests another. */
  invalidate(generation: number): boolean {
    return wasm.run((it) => it.invalidate(this.number(), generation, Date.now()));
  }

  /** Rejects the token that was last in use. */
  invalidateLast(): void {
    // A fresh instance has no token.
    this.number();
    if (this.#generation >= 0) this.invalidate(this.#generation);
  }

  /** The service also rejected the replacement of a rejected token. */
  markRejected(generation: number): void {
    wasm.run((it) => it.markRejected(this.number(), generation, Date.now()));
  }

  #open(): ClientIdentity {
    const result: (ClientIdentity & { client: number }) | { failed: CoreError } = JSON.parse(
      wasm.run((it) => it.open(this.#options)),
    );
    if ("failed" in result) throw toAjoError(result.failed);
    Object.assign(this.#handle, { client: result.client, instance: wasm.generation });
    // Another instance counts its tokens from the start.
    this.#generation = -1;
    return result;
  }
}

/** Missing in some runtimes. Then the memory of a client is not freed, a few KB. */
let unreachable: FinalizationRegistry<ClientHandle> | undefined;

function closeWhenUnreachable(state: ClientState, handle: ClientHandle): void {
  if (typeof FinalizationRegistry !== "function") return;
  unreachable ??= new FinalizationRegistry(({ client, instance }) => wasm.cleanUp(instance, (it) => it.close(client)));
  unreachable.register(state, handle);
}
