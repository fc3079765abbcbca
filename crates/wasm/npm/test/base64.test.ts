import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../src/base64.js";

test("base64 is decoded with every platform API", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = Buffer.from(bytes).toString("base64");
  const { Buffer: before } = globalThis;
  const type = Uint8Array as { fromBase64?: unknown };
  const native = type.fromBase64;
  try {
    type.fromBase64 = (encoded: string) => new Uint8Array(before.from(encoded, "base64"));
    assert.deepEqual(new Uint8Array(decode(text)), bytes);
    delete type.fromBase64;
    assert.deepEqual(new Uint8Array(decode(text)), bytes);
    Object.assign(globalThis, { Buffer: undefined });
    assert.deepEqual(decode(text), bytes);
  } finally {
    Object.assign(globalThis, { Buffer: before });
    if (native !== undefined) type.fromBase64 = native;
  }
});
