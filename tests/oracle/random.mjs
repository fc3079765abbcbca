// Seeded random numbers and texts. The same seed gives the same inputs on every machine.

export class Random {
  #state;

  constructor(...seeds) {
    // The seeds of neighboring inputs differ in one bit, so they are mixed (splitmix32).
    this.#state = 0x9e3779b9;
    for (const seed of seeds) this.#state = mix(this.#state ^ mix(seed | 0));
  }

  /** An integer from 0 to `end` - 1. */
  int(end) {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return Math.floor((mix(this.#state) / 2 ** 32) * end);
  }

  between(first, last) {
    return first + this.int(last - first + 1);
  }

  /** True once in `rate` times. */
  oneIn(rate) {
    return this.int(rate) === 0;
  }

  pick(values) {
    return values[this.int(values.length)];
  }

  /** The result of one function of [weight, function] pairs. */
  choose(...choices) {
    let number = this.int(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) if ((number -= weight) < 0) return choice();
  }

  list(max, item) {
    return Array.from({ length: this.int(max + 1) }, item);
  }
}

/** An unsigned number of 32 bits. */
function mix(number) {
  number = Math.imul(number ^ (number >>> 16), 0x21f0aaad);
  number = Math.imul(number ^ (number >>> 15), 0x735a2d97);
  return (number ^ (number >>> 15)) >>> 0;
}

/** Characters and texts that some code treats specially: controls, white space, blanks, lookalikes, delimiters, placeholders. */
const SPECIAL = [
  "\0", "\t", "\n", "\v", "\f", "\r", "\r\n", "\x1b[31m", "\x1c", "\x7f", "\x80", "\x85", "\x9b", "\xa0", "\xad", "é", "ß", "ÿ", "Ā", "İ", "ſ", "\u212a", "\u034f",
  "\u061c", "\u1680", "\u180e", "\u200b", "\u200d", "\u2003", "\u2028", "\u2029", "\u202e", "\u2060", "\u3000", "\u3164", "\ufeff", "\uff0e", "\uff11", "\ufffd", "\ufffe", "\uffff",
  "\ud800", "\udfff", "\ud83d", "😀", "e\u0301", "\u{e0001}", "\u{10ffff}", "٣", " ", "  ", ".", "..", "/", "//", "\\", "%", "%2e", "%2F", "%00", "%zz", "?", "#", "&", "=", "+", "-", "_", "~",
  "!", "*", "(", ")", "'", '"', "`", "<", ">", "{", "}", "{{", "[", "]", "^", "|", "$", "${A}", "%(a)s", "@", "@AdobeOrg", ",", ";", ":", "::", "##[", "##vso[", "…", "null", "__proto__",
  "constructor", "toString", "\\u0000", "\\n", "undefined", "-1", "0", "1e3",
];
/** Lengths around the limits of this project. */
const LENGTHS = [0, 1, 2, 39, 40, 41, 59, 60, 61, 79, 80, 81, 127, 128, 129, 255, 256, 257, 299, 300, 301, 499, 500, 501, 502];
const WORDS = ["a", "prod", "uid", "x-a", "GET", "name", "value", "https://a.example/*", "eyJ0.a-b_c", "0123456789ABCDEF", "A1@AdobeOrg", "Zoë", "東京", "two words", "Bearer"];

export function special(random) {
  return random.pick(SPECIAL);
}

/** Any text. */
export function text(random) {
  return random.choose(
    [3, () => random.pick(WORDS)],
    [2, () => mutate(random, random.pick(WORDS))],
    [2, () => random.list(5, () => (random.oneIn(2) ? special(random) : random.pick(WORDS))).join("")],
    [1, () => random.pick(["a", "é", "😀", " ", "\n", "\\", "\0", "\u200b"]).repeat(random.pick(LENGTHS))],
    [1, () => random.pick(WORDS) + "x".repeat(random.pick(LENGTHS)) + special(random)],
  );
}

/** A text with one to three small changes. */
export function mutate(random, original) {
  let changed = original;
  for (let edits = random.between(1, 3); edits > 0; edits -= 1) {
    const at = random.int(changed.length + 1);
    const [before, after] = [changed.slice(0, at), changed.slice(at)];
    changed = random.choose(
      [3, () => before + special(random) + after],
      [2, () => before + after.slice(1)],
      [2, () => before + special(random) + after.slice(1)],
      [1, () => before],
      [1, () => after],
      [1, () => before + after.slice(0, random.int(5)) + after],
      [1, () => (random.oneIn(2) ? changed.toUpperCase() : changed.toLowerCase())],
      [1, () => random.pick([" ", "\n", "\u3000", "\ufeff", "\0", '"', "'"]) + changed],
      [1, () => changed + random.pick([" ", "\n", "\u3000", "\ufeff", "\0", '"', "'", "/"])],
    );
  }
  return changed;
}

/** Usually `valid`, otherwise a change of it, or any text. */
export function mostly(random, valid, rate = 6) {
  return random.choose([2 * rate, () => valid], [2, () => mutate(random, valid)], [1, () => text(random)]);
}

/** The value with strings whose lone surrogates are replaced by U+FFFD. */
export function wellFormed(value) {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, wellFormed(item)]));
  return value;
}
