import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import * as errors from "../src/errors.js";
import { toAjoError } from "../src/core-error.js";
import { errorMessage } from "../src/error-message.js";

// A second copy of the classes, as in a program that loads both the ES module and the CommonJS build.
// @ts-expect-error The query makes the bundler load the file a second time.
const copy: typeof errors = await import("../src/errors.js?copy");

test("each kind of error has its class", () => {
  const classes: [object, string][] = [
    [{ kind: "config" }, "AjoValidationError"],
    [{ kind: "buildRequest" }, "AjoValidationError"],
    [{ kind: "invalid", diagnostics: [{ code: "c", message: "m", pointer: "", severity: "error" }] }, "AjoValidationError"],
    [{ kind: "auth" }, "AjoAuthError"],
    [{ kind: "api", authentication: true, status: 401 }, "AjoAuthError"],
    [{ kind: "api", authentication: false, status: 500 }, "AjoHttpError"],
    [{ kind: "decode", status: 200 }, "AjoHttpError"],
    [{ kind: "connect" }, "AjoConnectionError"],
    [{ kind: "disconnected" }, "AjoConnectionError"],
    [{ kind: "timeout" }, "AjoTimeoutError"],
    [{ kind: "deadlineExceeded" }, "AjoTimeoutError"],
    [{ kind: "new" }, "AjoInternalError"],
  ];
  for (const [coreError, name] of classes) {
    const error = toAjoError({ message: "m", code: "C", ...coreError } as never);
    assert.deepEqual([error.name, error.code, error.constructor.name], [name, "C", name]);
    assert.ok(error instanceof (errors as any)[name]);
    assert.ok(error instanceof errors.AjoError && error instanceof Error);
    assert.match(error.stack ?? "", new RegExp(`^${name}: m\n`));
  }
});

test("unknown fields are absent, and a body is not printed", () => {
  const error = toAjoError({ kind: "api", code: "c", message: "m", status: 500, body: "private", attempts: 2 });
  assert.deepEqual(Object.keys(error).sort(), ["attempts", "code", "status"]);
  assert.equal((error as errors.AjoHttpError).body, "private");
  assert.doesNotMatch(inspect(error) + JSON.stringify(error), /private/);
  assert.equal("cause" in error, false);
});

test("instanceof works across copies", () => {
  assert.notEqual(copy.AjoError, errors.AjoError);
  const theirs = new copy.AjoHttpError("m", { code: "c" });
  assert.ok(theirs instanceof errors.AjoHttpError);
  assert.ok(theirs instanceof errors.AjoError);
  assert.ok(!(theirs instanceof errors.AjoAuthError));
  assert.ok(!(new copy.AjoError("m", { code: "c" }) instanceof errors.AjoHttpError));
  for (const other of [new Error("m"), {}, null, undefined, 5, "text", () => {}]) {
    assert.ok(!((other as unknown) instanceof errors.AjoError));
  }
});

test("instanceof works for derived classes", () => {
  class Mine extends errors.AjoHttpError {}
  const mine = new Mine("m", { code: "c" });
  assert.ok(mine instanceof Mine && mine instanceof errors.AjoHttpError && mine instanceof copy.AjoHttpError);
  assert.ok(!((new errors.AjoHttpError("m", { code: "c" }) as unknown) instanceof Mine));
});

test("an error message is one line", () => {
  const ring = new Error("ring");
  ring.cause = ring;
  const hostile = Object.defineProperty({}, "message", { get: () => assert.fail() });
  assert.equal(errorMessage(ring), "ring");
  assert.equal(errorMessage(hostile), "no error message");
  assert.equal(errorMessage("text\nof two lines"), "text of two lines");
  assert.equal(errorMessage(undefined), "no error message");
  assert.equal(errorMessage({ code: "ECONNRESET" }), "ECONNRESET");
  assert.equal(errorMessage(new Error("x".repeat(5000))), `${"x".repeat(1000)}…`);
  assert.equal(errorMessage(new Error("a\u001b[2J\u202eb")), "a\\u{1b}[2J\\u{202e}b");
});
