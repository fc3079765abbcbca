// Random JSON: values as a tree, changes of the tree, and its text in several spellings.
import { mutate, special, text } from "./random.mjs";

/** A number by its digits, because JavaScript's numbers lose some. */
export class Digits {
  constructor(digits) {
    this.digits = digits;
  }
}

/** An object as a list of pairs, so that a name can occur twice and order counts. */
export class Pairs {
  constructor(pairs) {
    this.pairs = pairs;
  }
}

const DIGITS = [
  "0", "-0", "1", "-1", "2", "15", "200", "400", "999", "1000", "4999", "5000", "5001", "1451", "403025", "4294967295", "4294967296", "9007199254740991", "9007199254740992", "9007199254740993",
  "-9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1000000",
  "1000001", "2678400000", "2678400001", "86399", "100000000000000000000000", "0.5", "1.0", "1.5", "-1.5", "1e3", "1E3", "1e+3", "1e-3", "0e0", "0.0", "-0.0", "1e308", "1e309", "-1e400", "1e-400",
];

/** Any tree. */
export function anyTree(random, depth = 3) {
  const child = () => anyTree(random, depth - 1);
  return random.choose(
    [4, () => text(random)],
    [4, () => new Digits(random.pick(DIGITS))],
    [2, () => random.pick([true, false])],
    [2, () => null],
    [depth > 0 ? 2 : 1, () => (depth > 0 ? random.list(3, child) : [])],
    [depth > 0 ? 2 : 1, () => new Pairs(depth > 0 ? random.list(3, () => [text(random), child()]) : [])],
  );
}

/** Nested arrays or objects around the nesting limit of 128, which includes `outer` levels. */
export function deepTree(random, outer = 0) {
  const levels = random.pick([100, 126, 127, 128, 129, 130, 200]) - outer;
  let tree = random.pick([null, "a", [], new Pairs([]), new Digits("1")]);
  for (let level = 0; level < levels; level += 1) tree = random.oneIn(2) ? [tree] : new Pairs([["a", tree]]);
  return tree;
}

/** A tree from a JavaScript value. */
export function toTree(value) {
  if (typeof value === "number") return new Digits(JSON.stringify(value));
  if (Array.isArray(value)) return value.map(toTree);
  if (value !== null && typeof value === "object" && !(value instanceof Digits || value instanceof Pairs)) {
    return new Pairs(Object.entries(value).map(([name, item]) => [name, toTree(item)]));
  }
  return value;
}

/** A tree with a few changes: values of another type, missing, additional, renamed and repeated fields. */
export function changeTree(random, tree, changes = random.pick([0, 1, 1, 2, 3])) {
  let changed = tree;
  for (; changes > 0; changes -= 1) changed = changeOnce(random, changed);
  return changed;
}

function changeOnce(random, tree) {
  const into = (items) => random.int(items.length);
  if (Array.isArray(tree) && tree.length > 0 && !random.oneIn(4)) {
    const at = into(tree);
    return random.choose(
      [4, () => tree.with(at, changeOnce(random, tree[at]))],
      [1, () => tree.toSpliced(at, 1)],
      [1, () => tree.toSpliced(at, 0, anyTree(random, 1))],
      [1, () => [...tree, ...tree]],
    );
  }
  if (tree instanceof Pairs && tree.pairs.length > 0 && !random.oneIn(6)) {
    const { pairs } = tree;
    const at = into(pairs);
    const [name, value] = pairs[at];
    return new Pairs(
      random.choose(
        [8, () => pairs.with(at, [name, changeOnce(random, value)])],
        [2, () => pairs.toSpliced(at, 1)],
        [2, () => pairs.toSpliced(into(pairs), 0, [text(random), anyTree(random, 1)])],
        [1, () => pairs.with(at, [mutate(random, name), value])],
        [1, () => pairs.toSpliced(into(pairs), 0, [name, anyTree(random, 1)])],
        [1, () => pairs.toSpliced(into(pairs), 0, [name, changeOnce(random, value)])],
        [1, () => pairs.with(at, [name, null])],
        [1, () => pairs.toReversed()],
      ),
    );
  }
  if (typeof tree === "string" && !random.oneIn(3)) return mutate(random, tree);
  if (tree instanceof Digits && !random.oneIn(3)) return new Digits(random.pick(DIGITS));
  return random.oneIn(40) ? deepTree(random, 3) : anyTree(random, 2);
}

/** The JavaScript value of a tree. A repeated field has its last value. */
export function toValue(tree) {
  if (tree instanceof Digits) return Number(tree.digits);
  if (tree instanceof Pairs) {
    const value = {};
    // `__proto__` must become a field, as in `JSON.parse`.
    for (const [name, item] of tree.pairs) Object.defineProperty(value, name, { value: toValue(item), enumerable: true, configurable: true, writable: true });
    return value;
  }
  return Array.isArray(tree) ? tree.map(toValue) : tree;
}

/** The text of a tree: compact, or with white space and escapes. Always valid JSON. */
export function toText(random, tree) {
  const isPlain = !random.oneIn(4);
  const space = () => (isPlain || random.oneIn(2) ? "" : random.pick([" ", "\n", "\t", "\r\n", "  "]));
  const quote = (string) => {
    // Lone surrogates cannot be sent as UTF-8.
    const quoted = JSON.stringify(random.oneIn(20) ? string : string.toWellFormed());
    if (isPlain) return quoted;
    return quoted.replace(/[a-z/]/g, (letter, at) => (quoted[at - 1] !== "\\" && random.oneIn(6) ? `\\u00${letter.charCodeAt().toString(16)}` : letter));
  };
  const write = (node) => {
    if (node instanceof Digits) return node.digits;
    if (typeof node === "string") return quote(node);
    const items = Array.isArray(node) ? node.map(write) : node instanceof Pairs ? node.pairs.map(([name, item]) => `${quote(name)}${space()}:${space()}${write(item)}`) : undefined;
    if (items === undefined) return String(node);
    const [open, close] = Array.isArray(node) ? "[]" : "{}";
    return open + space() + items.join(`${space()},${space()}`) + space() + close;
  };
  return space() + write(tree) + space();
}

/** A text that is nearly JSON: the text of a tree with changes of its characters. */
export function brokenText(random, tree) {
  const valid = toText(random, tree);
  return random.choose(
    [3, () => mutate(random, valid)],
    [1, () => valid.slice(0, random.int(valid.length))],
    [1, () => valid + random.pick([",", "}", "]", "x", valid, "\0", "\ufeff", "//", "\n\n", "\v"])],
    [1, () => random.pick(["\ufeff", "\ufeff\ufeff", "\v", "\u00a0", "\u2028", "\0", ",", "﻿ ", ")]}'\n", "\x1b"]) + valid],
    [1, () => valid.replace(/"/g, random.pick(["'", "", "“"]))],
    [1, () => valid.replace(/(\d)(?=[,}\]])/, random.pick(["0$1", "$1.", "$1e", ".$1", "+$1", "0x$1", "NaN", "Infinity", "-", "$1_0", "0$1$1"]))],
    [1, () => valid.replace(/,/, random.pick([",,", " ", ";", ",}"]))],
    [1, () => valid.replace(/"(.)/, `"${random.pick(["\\", "\\u", "\\ud800", "\\ud83d\\u0041", "\\x41", "\\u12", "\n", "\t", "\0", "\x7f", special(random)])}$1`)],
  );
}

/** The text of a tree, now and then changed, now and then broken. */
export function textOf(random, tree) {
  return random.choose(
    [4, () => toText(random, tree)],
    [8, () => toText(random, changeTree(random, tree))],
    [3, () => brokenText(random, changeTree(random, tree))],
  );
}
