// How the body of an answer is read: never more of it than was asked for, whatever kind of object it comes in.

import { misfit } from "./misfit.js";
import { unheard } from "./unheard.js";

/** What a decoder leaves out, and a `text()` of somebody's own may not. */
const BOM = /^\ufeff/;

/** The text of an answer's body; `undefined` when it is longer than so many bytes. */
export async function readText(response: object, maxBytes: number, signal: AbortSignal): Promise<string | undefined> {
  const { body, text, json } = response as { body?: unknown; text?: unknown; json?: unknown };
  if (hasReader(body)) return readStream(body.getReader(), maxBytes, signal);
  // Without a stream: an answer without a body, a mock, or a `fetch` from before streams.
  if (typeof text === "function") return within(String(await text.call(response)).replace(BOM, ""), maxBytes);
  if (typeof json === "function") return within(JSON.stringify(await json.call(response)) ?? "", maxBytes);
  if (body === null || body === undefined) return "";
  throw misfit("the response's body is neither a stream nor text()");
}

function hasReader(body: unknown): body is ReadableStream<unknown> {
  return typeof (body as { getReader?: unknown } | null | undefined)?.getReader === "function";
}

function within(text: string, maxBytes: number): string | undefined {
  // A character is at least one byte, so that a long text need not be encoded to be refused.
  return text.length <= maxBytes && new TextEncoder().encode(text).length <= maxBytes ? text : undefined;
}

async function readStream(
  reader: ReadableStreamDefaultReader<unknown>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Somebody's own reader may have no `cancel`, or one that throws.
  const giveUp = (): void => unheard(() => reader.cancel());
  // A stream of `fetch` ends by itself on an abort; one that somebody made need not.
  signal.addEventListener("abort", giveUp);
  const chunks: ArrayBufferView[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    // A stream that somebody made may go on after it was cancelled, and nobody wants more of it.
    if (signal.aborted) throw new TypeError("the body was given up");
    if (done) return decoded(chunks);
    // Not `instanceof Uint8Array`, which is false for one of another realm.
    if (!ArrayBuffer.isView(value)) throw misfit("the body's stream gave no bytes");
    length += value.byteLength;
    if (length > maxBytes) {
      giveUp();
      return undefined;
    }
    chunks.push(value);
  }
}

/** The text of chunks. Most bodies come in one: Node.js takes ten times as long to decode with `stream` as without. */
function decoded(chunks: ArrayBufferView[]): string {
  const decoder = new TextDecoder();
  const last = chunks.pop();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode(last);
}
