// One-line messages for the errors of platforms and callbacks.

import { escapeAndTruncate } from "./escape-and-truncate.js";

/** In characters. Some platforms quote whole requests. */
const MAX_LENGTH = 1000;
/** Limits the chain, which can be a cycle. */
const MAX_ERRORS = 8;

/** A plain name or code, not arbitrary text. */
const IDENTIFIER = /^\w{1,30}$/;

/** An error and its causes, outermost first. */
export function errorChain(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let current = error; current !== undefined && current !== null && chain.length < MAX_ERRORS; ) {
    chain.push(current);
    current = readProperty(current, "cause") ?? firstOf(readProperty(current, "errors"));
  }
  return chain;
}

/** The messages of an error and its causes in one line: `fetch failed: connect ECONNREFUSED 127.0.0.1:1`. */
export function errorMessage(error: unknown, mask = (text: string): string => text): string {
  const parts = new Set(errorChain(error).map(ownMessage));
  parts.delete("");
  // Mask first: truncation could leave a part of a secret.
  return escapeAndTruncate(mask([...parts].join(": ")).replace(/\s+/g, " "), MAX_LENGTH) || "no error message";
}

/** The message of one error without its causes, or else its code or name. */
export function ownMessage(error: unknown): string {
  if (Object(error) !== error) return String(error);
  const message = readProperty(error, "message");
  if (typeof message === "string" && message !== "") return message;
  const name = readProperty(error, "code") ?? readProperty(error, "name");
  // "AggregateError" says nothing, and the first of its errors follows in the chain.
  return typeof name === "string" && name !== "AggregateError" ? name : "";
}

/** The name and code of an error without its message: `TypeError, ECONNREFUSED`. */
export function nameAndCode(error: unknown): string {
  const values = [readProperty(error, "name"), readProperty(error, "code")];
  return values.filter((it) => typeof it === "string" && IDENTIFIER.test(it)).join(", ") || "failed";
}


/** The first element of an array. Not `Array.isArray`, which throws for a revoked proxy. */
function firstOf(errors: unknown): unknown {
  return typeof errors === "object" ? readProperty(errors, "0") : undefined;
}

/** A property of any value; `undefined` if its getter throws. `?.` avoids an exception for `null`, which costs 30 µs in V8. */
export function readProperty(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
