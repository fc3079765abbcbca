import { collectErrorText } from "./collect-error-text.js";
import { errorChain, errorMessage, ownMessage, readProperty } from "./error-message.js";

/** Maximum number of remembered tokens. Concurrent calls are fewer, and most of them share one token. */
const MAX_TOKENS = 100;
/** Property names of secrets, in all formats of credential files. */
const SECRET_NAMES = /secret|token|password/i;
/** Separates several secrets in one string. */
const SEPARATORS = /[\s,"[\]]+/;
/** Shorter texts may be ordinary words: a message must stay readable, and no real secret is that short. */
const MIN_LENGTH = 8;

/**
 * The secrets that no error and no event of a client may contain. Errors do contain them: Node.js quotes an invalid header value,
 * some stores quote the failed command, and some libraries quote earlier requests.
 */
export class Secrets {
  #credentials = new Set<string>();
  /** Most recently used last. */
  #tokens = new Set<string>();

  /** The secrets in the options of a client, which are JSON. */
  static fromOptions(options: string): Secrets {
    const secrets = new Secrets();
    secrets.#addFromJson(options);
    return secrets;
  }

  #addFromJson(json: string): void {
    JSON.parse(json, (name, value: any) => {
      if (SECRET_NAMES.test(name)) this.#addCredential(value);
      // The format of Postman: { key, value }.
      if (SECRET_NAMES.test(value?.key)) this.#addCredential(value.value);
      if (name === "credentials" && typeof value === "string") ignoreInvalidJson(() => this.#addFromJson(value));
      return value;
    });
  }

  #addCredential(value: unknown): void {
    for (const text of [value].flat()) {
      if (typeof text !== "string") continue;
      for (const part of [text, ...text.split(SEPARATORS)]) if (part.length >= MIN_LENGTH) this.#credentials.add(part);
    }
  }

  /** Adds a token or secret that is in use. Ignores short texts, and values that are not strings. */
  add(secret: unknown): void {
    if (typeof secret !== "string" || secret.length < MIN_LENGTH) return;
    this.#tokens.delete(secret);
    this.#tokens.add(secret);
    for (const old of [...this.#tokens].slice(0, -MAX_TOKENS)) this.#tokens.delete(old);
  }

  /** Adds a value of the token store, and the token in it. */
  addStored(value: string): void {
    this.add(value);
    // An unknown format is masked as a whole.
    ignoreInvalidJson(() => this.add(JSON.parse(value).accessToken));
  }

  mask(text: string): string {
    // Longest first, because a secret can be a prefix of another.
    const encoded = [...this.#credentials, ...this.#tokens].flatMap(encodings).sort((one, other) => other.length - one.length);
    for (const secret of encoded) text = text.replaceAll(secret, "…");
    return text;
  }

  /** The messages of an error and its causes in one line, masked. */
  describe(error: unknown): string {
    return errorMessage(error, (text) => this.mask(text));
  }

  /** The original error if it provably contains no secret, otherwise a redacted copy of it and its causes. */
  redact(error: unknown): unknown {
    const text = collectErrorText(error);
    return text !== undefined && text === this.mask(text) ? error : this.#redactedCopy(errorChain(error));
  }

  #redactedCopy([error, ...causes]: unknown[]): Error {
    const copy = new Error(this.mask(ownMessage(error)), causes.length > 0 ? { cause: this.#redactedCopy(causes) } : undefined);
    for (const name of ["name", "code", "stack"]) {
      const value = readProperty(error, name);
      if (typeof value === "string") Object.defineProperty(copy, name, { value: this.mask(value) });
    }
    return copy;
  }
}

/** A secret as plain text, in a URL, in a form, and in JSON. */
function encodings(secret: string): string[] {
  // `encodeURIComponent` throws for a lone surrogate.
  const url = encodeURIComponent(secret.replace(/\p{Cs}/gu, "\ufffd"));
  return [secret, url, new URLSearchParams([["", secret]]).toString().slice(1), JSON.stringify(secret).slice(1, -1)];
}

function ignoreInvalidJson(work: () => void): void {
  try {
    work();
  } catch {
    // Not JSON, or JSON of another shape.
  }
}
