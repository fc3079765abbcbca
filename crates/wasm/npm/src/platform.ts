// The few types that this package takes from the platform. A program without the DOM's library has none of them, so each
// is what the program's own libraries say, else the least that is needed.

/** An `AbortSignal`. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } } ? Known : AbortSignalLike;

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What is given to `fetch`, besides the URL. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Always `"manual"`: a credential never follows a redirect. */
  redirect: "manual";
  /** Aborted when the attempt takes too long or the caller gives up. */
  signal: Signal;
}

/** What is used of a `Response`. An object that has as much is taken for one. */
export interface FetchResponse {
  readonly status: number;
  readonly headers?: { get(name: string): string | null } | Readonly<Record<string, string>>;
  text(): Promise<string>;
}

/** `fetch`, as far as it is used here. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** A `WebAssembly.Module`. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Known } } } ? Known : object;
