import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { inflate } from "../src/inflate.js";

/** Bytes with short and long repetitions, near and far. */
function sample(size: number): Uint8Array {
  let seed = 1;
  const random = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  const bytes = new Uint8Array(size);
  for (let end = 0; end < size; ) {
    const length = 1 + random(random(2) === 0 ? 8 : 400);
    if (end === 0 || random(3) === 0) for (let index = 0; index < length; index += 1) bytes[end++] = random(256) & random(256);
    else for (let from = Math.max(0, end - 1 - random(32_768)), index = 0; index < length; index += 1) bytes[end++] = bytes[from++]!;
  }
  return bytes;
}

const BLOCKS = {
  stored: { level: 0 },
  "with fixed codes": { strategy: constants.Z_FIXED },
  "with codes of their own": { level: 9 },
  "without repetitions": { strategy: constants.Z_HUFFMAN_ONLY },
};

for (const [name, options] of Object.entries(BLOCKS)) {
  test(`blocks ${name} are inflated`, () => {
    for (const size of [0, 1, 300, 70_000, 300_000]) {
      const bytes = sample(size);
      assert.deepEqual(inflate(deflateRawSync(bytes, options), size), bytes);
    }
  });
}

test("blocks of all kinds follow each other", () => {
  const bytes = sample(50_000);
  const block = (options: object) => deflateRawSync(bytes, { ...options, finishFlush: constants.Z_FULL_FLUSH });
  const blocks = Object.values(BLOCKS);
  const data = Buffer.concat([...blocks.map(block), deflateRawSync(bytes)]);
  const expected = Buffer.concat(Array.from({ length: blocks.length + 1 }, () => bytes));
  assert.ok(Buffer.from(inflate(data, expected.length)).equals(expected));
});

test("the longest match is inflated", () => {
  const bytes = new Uint8Array(100_000).fill(7);
  assert.deepEqual(inflate(deflateRawSync(bytes, { level: 9 }), bytes.length), bytes);
});

test("damaged data ends", () => {
  const bytes = sample(20_000);
  const data = deflateRawSync(bytes);
  for (const size of [0, 1, 100, data.length - 1]) assert.equal(inflate(data.subarray(0, size), bytes.length).length, bytes.length);
  assert.equal(inflate(new Uint8Array(1000), bytes.length).length, bytes.length);
  assert.equal(inflate(new Uint8Array(1000).fill(5), bytes.length).length, bytes.length);
});
