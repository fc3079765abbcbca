// What the platform's errors say, in one line.

import { excerpt } from "./excerpt.js";

/** Longest line, in characters: some platforms repeat whole requests. */
const LONGEST = 1000;
/** Most errors of one chain; a chain can be a ring. */
const MOST = 8;

/** What is a name or a code, and not something that somebody has put there. */
const CODE = /^\w{1,30}$/;

/** An error and its causes, outermost first. */
export function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < MOST; ) {
    chain.push(at);
    at = property(at, "cause") ?? firstOf(property(at, "errors"));
  }
  return chain;
}

/** An error and its causes, in one line: `fetch failed: connect ECONNREFUSED 127.0.0.1:1`. */
export function describe(error: unknown, mask = (text: string): string => text): string {
  const parts = new Set(chainOf(error).map(textOf));
  parts.delete("");
  // Masked before it is cut, or a part of a secret would be left.
  return excerpt(mask([...parts].join(": ")).replace(/\s+/g, " "), LONGEST) || "no reason given";
}

/** What one error says by itself: its message, else its code or name. */
export function textOf(error: unknown): string {
  if (Object(error) !== error) return String(error);
  const message = property(error, "message");
  if (typeof message === "string" && message !== "") return message;
  const name = property(error, "code") ?? property(error, "name");
  // What several errors have in common says nothing; what the first of them says follows.
  return typeof name === "string" && name !== "AggregateError" ? name : "";
}

/** The name and the code of an error, without its words: `TypeError, ECONNREFUSED`. */
export function codesOf(error: unknown): string {
  const all = [property(error, "name"), property(error, "code")];
  return all.filter((it) => typeof it === "string" && CODE.test(it)).join(", ") || "failed";
}

function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

/** A property of anything; a getter may throw. What is nothing has none, without an exception: V8 takes 30 µs for the words of one. */
export function property(of: unknown, name: string): unknown {
  try {
    return (of as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
