// Delivers a response to the caller of `fetch`: immediately or late, complete, cut in half, or not at all. The modes are defined in
// crates/emulator/src/faults/delivery.rs.
import type { ResponseHead } from "./handle.js";

/** Statuses for which a `Response` has no body. */
const WITHOUT_BODY = [101, 103, 204, 205, 304];
/** Statuses for which HTTP forbids or omits `Content-Length`. */
const WITHOUT_LENGTH = [204, 304];
const REDIRECTS = [301, 302, 303, 307, 308];

/** Waits in real time, whatever the emulator's clock says, like the HTTP server. Rejects when the signal aborts. */
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

/** Returns the response, or throws the error that `fetch` rejects with. */
export function deliver(request: Request, head: ResponseHead, body: Uint8Array): Response {
  if (head.deliveryMode === "drop") throw fetchError("fetch failed", "UND_ERR_SOCKET", "other side closed");
  if (head.deliveryMode === "reset") throw fetchError("fetch failed", "ECONNRESET", "read ECONNRESET");
  // The emulator's redirects have no target, so there is nothing to follow.
  if (request.redirect === "error" && REDIRECTS.includes(head.status)) throw fetchError("fetch failed", undefined, "unexpected redirect");

  const headers = new Headers(head.headers);
  if (!WITHOUT_LENGTH.includes(head.status) && !headers.has("content-length")) headers.set("content-length", String(body.length));
  const hasBody = request.method !== "HEAD" && !WITHOUT_BODY.includes(head.status);
  const content = hasBody ? responseBody(body, head.deliveryMode === "half", request.signal) : null;
  const response = new Response(content, { status: head.status, headers });
  // A constructed response has an empty `url`.
  Object.defineProperty(response, "url", { value: request.url.split("#", 1)[0] });
  return response;
}

function responseBody(body: Uint8Array, half: boolean, signal: AbortSignal): BodyInit {
  try {
    return bodyStream(body, half, signal);
  } catch {
    // workerd with a compatibility date before 2022-11-30 has no stream constructor, so it cannot show half a body.
    if (half) throw fetchError("terminated", "UND_ERR_SOCKET", "other side closed");
    return body as BodyInit;
  }
}

/** A lazy stream, so that aborts and lost connections appear while the body is read, as with a real `fetch`. */
function bodyStream(body: Uint8Array, half: boolean, signal: AbortSignal): ReadableStream<Uint8Array> {
  let rest: Uint8Array | undefined = half ? body.subarray(0, body.length >> 1) : body;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (signal.aborted) return controller.error(signal.reason);
        const chunk = rest;
        rest = undefined;
        if (chunk !== undefined && chunk.length > 0) return controller.enqueue(chunk);
        if (half && body.length > 0) return controller.error(fetchError("terminated", "UND_ERR_SOCKET", "other side closed"));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A `TypeError` with a cause, like an error of `fetch` in Node.js. */
function fetchError(message: string, code: string | undefined, detail: string): TypeError {
  const cause = new Error(detail);
  return new TypeError(message, { cause: code === undefined ? cause : Object.assign(cause, { code }) });
}
