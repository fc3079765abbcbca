// How an answer reaches the caller of `fetch`: at once or late, whole, in half or not at all, as crates/emulator/src/faults/delivery.rs
// says; and what of it `fetch` shows.
import type { Head } from "./emulator-world.js";

/** Statuses with which `fetch` shows no body, whatever was sent. */
const WITHOUT_BODY = [101, 103, 204, 205, 304];
/** Statuses with which HTTP has no length of a body. */
const WITHOUT_LENGTH = [204, 304];
const REDIRECTS = [301, 302, 303, 307, 308];

/** Waits for real time, whatever the emulator's clock says, as the HTTP server does; an abort ends it. */
export function wait(millis: number, signal: AbortSignal): Promise<void> {
  if (millis === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, millis);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** The response, or the error with which `fetch` rejects. */
export function deliver(request: Request, head: Head, body: Uint8Array): Response {
  if (head.manner === "drop") throw failed("fetch failed", "UND_ERR_SOCKET", "other side closed");
  if (head.manner === "reset") throw failed("fetch failed", "ECONNRESET", "read ECONNRESET");
  // None of the emulator's redirects leads anywhere, so that there is nothing to follow.
  if (request.redirect === "error" && REDIRECTS.includes(head.status)) throw failed("fetch failed", undefined, "unexpected redirect");

  const headers = new Headers(head.headers);
  if (!WITHOUT_LENGTH.includes(head.status) && !headers.has("content-length")) headers.set("content-length", String(body.length));
  const shown = request.method !== "HEAD" && !WITHOUT_BODY.includes(head.status);
  const content = shown ? contentOf(body, head.manner === "half", request.signal) : null;
  const response = new Response(content, { status: head.status, headers });
  // A response that was made and not fetched has none.
  Object.defineProperty(response, "url", { value: request.url.split("#", 1)[0] });
  return response;
}

function contentOf(body: Uint8Array, half: boolean, signal: AbortSignal): BodyInit {
  try {
    return streamOf(body, half, signal);
  } catch {
    // workerd with a compatibility date before 2022-11-30 makes no streams. Nothing there can show half of a body.
    if (half) throw failed("terminated", "UND_ERR_SOCKET", "other side closed");
    return body as BodyInit;
  }
}

/** A body that comes when it is read, so that an abort and a broken connection are seen where `fetch` shows them. */
function streamOf(body: Uint8Array, half: boolean, signal: AbortSignal): ReadableStream<Uint8Array> {
  let rest: Uint8Array | undefined = half ? body.subarray(0, body.length >> 1) : body;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (signal.aborted) return controller.error(signal.reason);
        const chunk = rest;
        rest = undefined;
        if (chunk !== undefined && chunk.length > 0) return controller.enqueue(chunk);
        if (half && body.length > 0) return controller.error(failed("terminated", "UND_ERR_SOCKET", "other side closed"));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A `TypeError` as `fetch` rejects with; its cause is as that of Node.js. */
function failed(message: string, code: string | undefined, detail: string): TypeError {
  const cause = new Error(detail);
  return new TypeError(message, { cause: code === undefined ? cause : Object.assign(cause, { code }) });
}
