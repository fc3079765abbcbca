import { deliver, wait } from "./emulator-delivery.js";
import type { World } from "./emulator-world.js";

/** The global `fetch`, as far as the program's libraries know one. */
export type EmulatorFetch = typeof globalThis extends { fetch: infer Known }
  ? Known
  : (input: string, init?: object) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** `fetch`, answered by this emulator, whichever host the URL names. */
export function fetchOf(world: World, root: string): EmulatorFetch {
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    // Checked as the platform checks it: method, headers, body and signal.
    const request = new Request(isRequest(input) ? input : new URL(String(input), root), init);
    const url = new URL(request.url);
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new TypeError("fetch failed", { cause: new Error(`the emulator speaks HTTP, and not ${url.protocol}`) });
    }
    request.signal.throwIfAborted();
    const body = new Uint8Array(await request.arrayBuffer());
    request.signal.throwIfAborted();
    // Two of what a connection adds; the control API asks under which name it is called.
    const headers: [string, string][] = [...request.headers].filter(([name]) => name !== "host" && name !== "content-length");
    headers.push(["host", url.host]);
    if (body.length > 0) headers.push(["content-length", String(body.length)]);
    const answer = world.handle({ method: request.method, path: url.pathname + url.search, headers, body });
    // It is processed by now, as by a server that a client no longer waits for.
    await wait(answer.head.delayMs, request.signal);
    return deliver(request, answer.head, answer.body);
  };
  return fetch as EmulatorFetch;
}

function isRequest(input: RequestInfo | URL): input is Request {
  // Not `instanceof Request`, which is false for one of another realm.
  return Object.prototype.toString.call(input) === "[object Request]";
}
