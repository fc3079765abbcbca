// Types of the platform. A program without the DOM library lacks them, so each is the program's own type if there is one, and a
// minimal type otherwise.

/** An `AbortSignal`. In `@cloudflare/workers-types` it is a global class, which `typeof globalThis` lacks, but `fetch` takes one. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : typeof globalThis extends { fetch: (url: any, init?: { signal?: infer Known }) => unknown }
    ? NonNullable<Known>
    : AbortSignalLike;

/** The part of `AbortSignal` that the client uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The second argument of {@link Fetch}. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Always `"manual"`: a credential never follows a redirect. */
  redirect: "manual";
  /** Aborted when the attempt times out or the caller aborts. */
  signal: Signal;
}

/** The part of `Response` that the client uses. A mock needs no more. */
export interface FetchResponse {
  readonly status: number;
  readonly headers?: { get(name: string): string | null } | Readonly<Record<string, string>>;
  text(): Promise<string>;
}

/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** The global `fetch`, or a minimal type of it. */
type GlobalFetch = typeof globalThis extends { fetch: infer Known extends (...args: any) => Promise<unknown> }
  ? Known
  : (input: string | { readonly href: string }, init?: MinimalInit) => Promise<FetchResponse>;

interface MinimalInit {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  redirect?: string;
  signal?: AbortSignalLike | null;
}

/** The first argument of the global `fetch`: a string, a `URL`, or a `Request`. */
export type FetchInput = Parameters<GlobalFetch>[0];

/** The `RequestInit` of the global `fetch`. */
export type FetchSettings = NonNullable<Parameters<GlobalFetch>[1]>;

/** The `Response` of the global `fetch`. */
export type PlatformResponse = Awaited<ReturnType<GlobalFetch>>;

/** A `WebAssembly.Module`. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Known } } } ? Known : object;
