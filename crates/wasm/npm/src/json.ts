/** A lone surrogate as `JSON.stringify` escapes it, or an escaped backslash, which must not be taken for the start of one. */
const LONE_SURROGATE_OR_BACKSLASH = /\\(\\|ud[89a-f]..)/g;

/**
 * JSON for the core, or `undefined` for a value without JSON. Lone surrogates become U+FFFD, as in a URL, because the core panics
 * on them. Throws the exceptions of `JSON.stringify`.
 */
export function toJson(value: unknown): string | undefined {
  return JSON.stringify(value)?.replace(LONE_SURROGATE_OR_BACKSLASH, (match) => (match === "\\\\" ? match : "\ufffd"));
}
