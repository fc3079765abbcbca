import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeAndTruncate } from "../src/escape-and-truncate.js";

test("hidden characters are escaped", () => {
  assert.equal(escapeAndTruncate("\u001b[31m\u009b\u202e\u200b\ufeff\u2028\n", 100), String.raw`\u{1b}[31m\u{9b}\u{202e}\u{200b}\u{feff}\u{2028}\u{a}`);
  assert.equal(escapeAndTruncate("Zoë, 東京 🦀 \\ `a`", 100), "Zoë, 東京 🦀 \\ `a`");
});

test("surrogate pairs are not split", () => {
  assert.equal(escapeAndTruncate("🦀🦀🦀", 2), "🦀🦀…");
  assert.equal(escapeAndTruncate("🦀🦀", 2), "🦀🦀");
  assert.equal(escapeAndTruncate("a🦀🦀🦀🦀🦀", 2), "a🦀…");
  assert.equal(escapeAndTruncate("\u001b\u001b", 6), String.raw`\u{1b}…`);
  assert.equal(escapeAndTruncate("a", 0), "…");
  assert.equal(escapeAndTruncate("", 0), "");
});

test("lone surrogates are escaped", () => {
  assert.equal(escapeAndTruncate("a\ud83e", 40), String.raw`a\u{d83e}`);
  assert.equal(escapeAndTruncate("\udd80🦀", 40), String.raw`\u{dd80}🦀`);
});
