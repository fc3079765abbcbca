// What the platform's errors say, in one line and without what must not be said.

/** Longest line, in characters: some platforms repeat whole requests. */
const LONGEST = 1000;
/** Most errors of one chain; a chain can be a ring. */
const MOST = 8;
/** Shortest text that is masked, in characters; masking shorter ones would make holes in ordinary words. */
const SHORTEST = 6;
/** Most values of an error that are looked through: some libraries hang whole clients on theirs. */
const MOST_VALUES = 2000;

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
export function describe(error: unknown): string {
  const parts = new Set(chainOf(error).map(textOf));
  parts.delete("");
  return [...parts].join(": ").replace(/\s+/g, " ").slice(0, LONGEST) || "no reason given";
}

function textOf(error: unknown): string {
  if (typeof error !== "object") return String(error);
  const message = property(error, "message");
  if (typeof message === "string" && message !== "") return message;
  const name = property(error, "code") ?? property(error, "name");
  // What several errors have in common says nothing; what the first of them says follows.
  return typeof name === "string" && name !== "AggregateError" ? name : "";
}

function firstOf(errors: unknown): unknown {
  return Array.isArray(errors) ? errors[0] : undefined;
}

/** A property of anything; a getter may throw. */
function property(of: unknown, name: string): unknown {
  try {
    return (of as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/**
 * The texts of one call that no error may repeat. Platforms do repeat them: Node.js names the value of a header that it does
 * not like, and some stores name the arguments of the command that failed.
 */
export class Secrets {
  #texts = new Set<string>();

  add(text: string): void {
    if (text.length < SHORTEST) return;
    this.#texts.add(text).add(encodeURIComponent(text));
  }

  /** Whatever in a text is as long as a token, and without space or JSON's marks. */
  addFrom(text: string): void {
    for (const part of text.match(/[^\s"\\{}[\]:,]{16,}/g) ?? []) this.add(part);
  }

  mask(text: string): string {
    for (const secret of this.#texts) text = text.replaceAll(secret, "…");
    return text;
  }

  /** The error itself, for `cause`; where it or one of its causes repeats a secret, one with the masked text in its place. */
  clean(error: unknown): unknown {
    const said = everythingOf(error);
    if (said === this.mask(said)) return error;
    return new Error(this.mask(describe(error)));
  }
}

/** Whatever printing an error could show: its own properties, stack and causes. */
function everythingOf(error: unknown): string {
  const seen = new Set<unknown>([error]);
  let text = "";
  for (const value of seen) {
    // A set is walked in the order of insertion, so what is added below is reached as well.
    if (typeof value !== "object" || value === null) text += `${String(value)}\n`;
    else if (!ArrayBuffer.isView(value) && seen.size < MOST_VALUES) {
      for (const name of Object.getOwnPropertyNames(value)) seen.add(property(value, name));
    }
  }
  return text;
}
