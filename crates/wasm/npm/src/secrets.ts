import { chainOf, describe, property, textOf } from "./reason.js";

/** Most values of an error that are looked through: some libraries hang whole clients on theirs. */
const MOST_VALUES = 2000;
/** Kinds of objects that keep nothing but what their properties say; a `Map`, `Headers` or bytes do. */
const OPEN = /(Error|Array|Object)\]$/;
/** How a function is written that comes with the platform. */
const NATIVE = /\{\s*\[native code\]\s*\}$/;

/**
 * The texts of one call that no error may repeat. Platforms do repeat them: Node.js names the value of a header that it does
 * not like, and some stores name the arguments of the command that failed.
 */
export class Secrets {
  #texts: string[] = [];

  /** A secret, which errors may repeat as it is, within a URL or JSON. Nothing but text is one. */
  add(secret: unknown): void {
    if (typeof secret !== "string" || secret === "") return;
    // Half of a surrogate pair would make `encodeURIComponent` throw.
    const url = encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd"));
    this.#texts.push(secret, url, JSON.stringify(secret).slice(1, -1));
    // A secret can be the beginning of another.
    this.#texts.sort((one, other) => other.length - one.length);
  }

  /** The value of a token store: as a whole, and the token in it. */
  addStored(value: string): void {
    this.add(value);
    try {
      this.add(JSON.parse(value).accessToken);
    } catch {
      // Rubbish, or somebody else's; it is masked as a whole.
    }
  }

  mask(text: string): string {
    for (const secret of this.#texts) text = text.replaceAll(secret, "…");
    return text;
  }

  /** An error and its causes in one masked line. */
  describe(error: unknown): string {
    return describe(error, (text) => this.mask(text));
  }

  /** The error itself, for `cause`, if surely nothing in it repeats a secret; else a copy of it and its causes in masked words. */
  clean(error: unknown): unknown {
    const said = everythingOf(error);
    return said !== undefined && said === this.mask(said) ? error : this.#copy(chainOf(error));
  }

  #copy([error, ...causes]: unknown[]): Error {
    const copy = new Error(this.mask(textOf(error)), causes.length > 0 ? { cause: this.#copy(causes) } : undefined);
    for (const name of ["name", "code", "stack"]) {
      const value = property(error, name);
      if (typeof value === "string") Object.defineProperty(copy, name, { value: this.mask(value) });
    }
    return copy;
  }
}

/** All that can be found in an error, of its properties, their names, and its class. `undefined` if there may be more to it. */
function everythingOf(error: unknown): string | undefined {
  const seen = new Set<unknown>([error]);
  let text = "";
  try {
    // A set is walked in the order of insertion, so what is added below is reached as well.
    for (const value of seen) {
      if (Object(value) !== value) text += `${String(value)}\n`;
      else if (!isOpen(value)) return undefined;
      else {
        let of: object | null = value as object;
        do {
          for (const key of Reflect.ownKeys(of)) {
            text += `${String(key)}\n`;
            const held = (value as Record<PropertyKey, unknown>)[key];
            if (typeof held !== "function") seen.add(held);
            // Of functions only a class's constructor, and what the platform's classes have, are known to tell nothing.
            else if (of === value || (key !== "constructor" && !NATIVE.test(Function.prototype.toString.call(held)))) return undefined;
            if (seen.size > MOST_VALUES) return undefined;
          }
          of = Object.getPrototypeOf(of);
          // The last one is what all objects have in common.
        } while (of !== null && Object.getPrototypeOf(of) !== null);
      }
    }
    return text;
  } catch {
    return undefined;
  }
}

function isOpen(value: unknown): boolean {
  return value instanceof Error || OPEN.test(Object.prototype.toString.call(value));
}
