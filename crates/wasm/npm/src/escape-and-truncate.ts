/** Control and format characters, line separators, and lone surrogates: they could garble a terminal or a log. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Untrusted text as one line of well-formed Unicode with at most `max` characters; `…` marks the cut. */
export function escapeAndTruncate(text: string, max: number): string {
  return text
    // A first cut for speed. It leaves more than `max` characters, so a split surrogate pair at its end is cut off below.
    .slice(0, 2 * max + 2)
    .replace(HIDDEN, (it) => `\\u{${it.codePointAt(0)?.toString(16)}}`)
    .replace(new RegExp(`^(.{${max}}).+`, "u"), "$1…");
}
