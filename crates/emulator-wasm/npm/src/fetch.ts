import { deliver, wait } from "./delivery.js";
import type { EmulatorHandle } from "./handle.js";

/** The type of the global `fetch`, or a minimal one if the program has no such type. */
export type EmulatorFetch = typeof globalThis extends { fetch: infer Known }
  ? Known
  : (input: string, init?: object) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** A `fetch` that sends every request to the emulator, whatever the host in the URL. */
export function createFetch(handle: EmulatorHandle, root: string): EmulatorFetch {
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    // The platform validates method, headers, body and signal.
    const request = new Request(isRequest(input) ? input : new URL(String(input), root), init);
    const url = new URL(request.url);
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TypeError("fetch failed", { cause: new Error(`the emulator supports http: and https:, not ${url.protocol}`) });
    }
    request.signal.throwIfAborted();
    const body = new Uint8Array(await request.arrayBuffer());
    request.signal.throwIfAborted();
    // Headers that a connection would add. The control API checks the host.
    const headers: [string, string][] = [...request.headers].filter(([name]) => name !== "host" && name !== "content-length");
    headers.push(["host", url.host]);
    if (body.length > 0) headers.push(["content-length", String(body.length)]);
    const response = handle.respond({ method: request.method, path: url.pathname + url.search, headers, body });
    // The call is already processed, as by a server whose client no longer waits.
    await wait(response.head.delayMs, request.signal);
    return deliver(request, response.head, response.body);
  };
  return fetch as EmulatorFetch;
}

function isRequest(input: RequestInfo | URL): input is Request {
  // Not `instanceof Request`, which is false for an object of another realm.
  return Object.prototype.toString.call(input) === "[object Request]";
}
