import { everythingOf } from "./everything.js";
import { chainOf, describe, property, textOf } from "./reason.js";

/** Most tokens that are remembered: many more than calls are on their way, whose tokens are mostly the same one. */
const MOST = 100;
/** Under which names a credential keeps what is secret, in whichever of the console's formats. */
const NAMES = /secret|token|password/i;
/** What is between secrets that are written in one text, and of a part the least length that is not a mere word. */
const BETWEEN = /[\s,"[\]]+/;
const LEAST = 8;

/**
 * The texts that no error and no event of a client may repeat. Platforms do repeat them: Node.js names the value of a header that it does not
 * like, some stores name the arguments of the command that failed, and some libraries tell what was sent before.
 */
export class Secrets {
  #fixed = new Set<string>();
  /** The latest is the last. */
  #seen = new Set<string>();

  /** What a client is given, as JSON. */
  static of(options: string): Secrets {
    const secrets = new Secrets();
    secrets.#find(options);
    return secrets;
  }

  #find(json: string): void {
    JSON.parse(json, (name, value: any) => {
      if (NAMES.test(name)) this.#fix(value);
      // As Postman writes it.
      if (NAMES.test(value?.key)) this.#fix(value.value);
      if (name === "credentials" && typeof value === "string") ignored(() => this.#find(value));
      return value;
    });
  }

  #fix(value: unknown): void {
    for (const text of [value].flat()) {
      if (typeof text !== "string") continue;
      // Some write several in one text.
      for (const part of [text, ...text.split(BETWEEN)]) if (part.length >= LEAST || part === text) this.#fixed.add(part);
    }
  }

  /** A secret, which errors may repeat as it is, within a URL, a form or JSON. Nothing but text is one. */
  add(secret: unknown): void {
    if (typeof secret !== "string") return;
    this.#seen.delete(secret);
    this.#seen.add(secret);
    for (const old of [...this.#seen].slice(0, -MOST)) this.#seen.delete(old);
  }

  /** The value of a token store: as a whole, and the token in it. */
  addStored(value: string): void {
    this.add(value);
    // Else it is rubbish, or somebody else's; it is masked as a whole.
    ignored(() => this.add(JSON.parse(value).accessToken));
  }

  mask(text: string): string {
    // A secret can be the beginning of another.
    const forms = [...this.#fixed, ...this.#seen].filter(Boolean).flatMap(formsOf).sort((one, other) => other.length - one.length);
    for (const form of forms) text = text.replaceAll(form, "…");
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

/** How a secret is written: as it is, in a URL, in a form, in JSON. */
function formsOf(secret: string): string[] {
  // Half of a surrogate pair would make `encodeURIComponent` throw.
  const url = encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd"));
  return [secret, url, new URLSearchParams([["", secret]]).toString().slice(1), JSON.stringify(secret).slice(1, -1)];
}

function ignored(work: () => void): void {
  try {
    work();
  } catch {
    // It is no JSON, or not of the kind.
  }
}
