/** Acts on a terminal, changes the writing direction, has no width, or is half of a surrogate pair. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Untrusted text, escaped and cut to `max` characters; `…` marks the cut. The result is one line of well-formed Unicode. */
export function excerpt(text: string, max: number): string {
  return text
    // More than `max` characters in any case; half of a pair at the end is behind them.
    .slice(0, 2 * max + 2)
    .replace(HIDDEN, (it) => `\\u{${it.codePointAt(0)?.toString(16)}}`)
    .replace(new RegExp(`^(.{${max}}).+`, "u"), "$1…");
}
