/**
 * Half of a surrogate pair, as `JSON.stringify` escapes it; whole pairs are not escaped. An escaped backslash is matched too, so
 * that what follows it is taken for what it is.
 */
const HALF_OR_BACKSLASH = /\\(\\|ud[89a-f]..)/g;

/**
 * A value as JSON for the core; `undefined` where JSON has nothing for it. Half of a surrogate pair, which is JSON and no Unicode,
 * becomes U+FFFD, as it does in a URL: the core takes it for a mistake of this package. Throws what `JSON.stringify` throws.
 */
export function toJson(value: unknown): string | undefined {
  return JSON.stringify(value)?.replace(HALF_OR_BACKSLASH, (found) => (found === "\\\\" ? found : "\ufffd"));
}
