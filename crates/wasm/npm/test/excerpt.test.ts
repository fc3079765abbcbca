import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt } from "../src/excerpt.js";

test("hidden characters are escaped", () => {
  assert.equal(excerpt("\u001b[31m\u009b\u202e\u200b\ufeff\u2028\n", 100), String.raw`\u{1b}[31m\u{9b}\u{202e}\u{200b}\u{feff}\u{2028}\u{a}`);
  assert.equal(excerpt("Zoë, 東京 🦀 \\ `a`", 100), "Zoë, 東京 🦀 \\ `a`");
});

test("the result is cut to characters, not inside a surrogate pair", () => {
  assert.equal(excerpt("🦀🦀🦀", 2), "🦀🦀…");
  assert.equal(excerpt("🦀🦀", 2), "🦀🦀");
  assert.equal(excerpt("a🦀🦀🦀🦀🦀", 2), "a🦀…");
  assert.equal(excerpt("\u001b\u001b", 6), String.raw`\u{1b}…`);
  assert.equal(excerpt("a", 0), "…");
  assert.equal(excerpt("", 0), "");
});

test("half of a surrogate pair is escaped", () => {
  assert.equal(excerpt("a\ud83e", 40), String.raw`a\u{d83e}`);
  assert.equal(excerpt("\udd80🦀", 40), String.raw`\u{dd80}🦀`);
});
