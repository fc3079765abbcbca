// Reads response bodies up to a size limit, from real responses and from mocks.

import { ignoreErrors } from "./ignore-errors.js";
import { invalidResponse } from "./invalid-response.js";

/** `TextDecoder` removes the byte order mark; the `text()` of a mock may not. */
const BOM = /^\ufeff/;

/** What ends the reading of a body. Not the signal of the request: a listener costs more than the rest of reading. */
export interface BodyReading {
  /** Whether the request has timed out or was aborted. */
  isStopped: boolean;
  /** Ends the stream. An abort of the request ends a real stream, but not the stream of a mock. */
  cancel?: () => void;
}

/** The body as a string, or `undefined` if it is longer than `maxBytes`. */
export async function readText(response: object, maxBytes: number, reading: BodyReading): Promise<string | undefined> {
  const { body, text, json } = response as { body?: unknown; text?: unknown; json?: unknown };
  if (hasReader(body)) return readStream(body.getReader(), maxBytes, reading);
  // No stream: an empty body, a mock, or a `fetch` without streams.
  if (typeof text === "function") return ifWithin(String(await text.call(response)).replace(BOM, ""), maxBytes);
  if (typeof json === "function") return ifWithin(JSON.stringify(await json.call(response)) ?? "", maxBytes);
  if (body === null || body === undefined) return "";
  throw invalidResponse("the response body is neither a stream nor readable with text()");
}

function hasReader(body: unknown): body is ReadableStream<unknown> {
  return typeof (body as { getReader?: unknown } | null | undefined)?.getReader === "function";
}

function ifWithin(text: string, maxBytes: number): string | undefined {
  // A character is at least one byte, so a text that is too long is rejected without encoding it.
  return text.length <= maxBytes && new TextEncoder().encode(text).length <= maxBytes ? text : undefined;
}

async function readStream(
  reader: ReadableStreamDefaultReader<unknown>,
  maxBytes: number,
  reading: BodyReading,
): Promise<string | undefined> {
  // The reader of a mock may have no `cancel`, or one that throws.
  const cancel = (): void => ignoreErrors(() => reader.cancel());
  reading.cancel = cancel;
  const chunks: ArrayBufferView[] = [];
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    // The stream of a mock may continue after `cancel`.
    if (reading.isStopped) throw new TypeError("reading the response body was aborted");
    if (done) return decodeChunks(chunks);
    // Not `instanceof Uint8Array`, which is false for an array of another realm.
    if (!ArrayBuffer.isView(value)) throw invalidResponse("the response body stream returned a chunk that is not bytes");
    length += value.byteLength;
    if (length > maxBytes) {
      cancel();
      return undefined;
    }
    chunks.push(value);
  }
}

let decoder: TextDecoder | undefined;

/** Decodes the last chunk without `stream`: in Node.js that is ten times as fast, and most bodies have one chunk. */
function decodeChunks(chunks: ArrayBufferView[]): string {
  if (chunks.length === 1) return (decoder ??= new TextDecoder()).decode(chunks[0]);
  // Its own decoder, because an exception would leave a part of a character in the shared one.
  const streaming = new TextDecoder();
  return chunks.map((chunk) => streaming.decode(chunk, { stream: true })).join("") + streaming.decode();
}
