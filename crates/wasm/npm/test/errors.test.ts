import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import * as errors from "../src/errors.js";
import { errorOf } from "../src/failure.js";
import { describe } from "../src/reason.js";

// A second copy of the classes, as a program has that loads both the ES module and the CommonJS one.
// @ts-expect-error The query makes the bundler load the file once more.
const copy: typeof errors = await import("../src/errors.js?copy");

test("every kind of failure has its class", () => {
  const classes: [object, string][] = [
    [{ kind: "settings" }, "AjoValidationError"],
    [{ kind: "request" }, "AjoValidationError"],
    [{ kind: "invalid", findings: [{ code: "c", message: "m", pointer: "", severity: "error" }] }, "AjoValidationError"],
    [{ kind: "auth" }, "AjoAuthError"],
    [{ kind: "refused", authentication: true, status: 401 }, "AjoAuthError"],
    [{ kind: "refused", authentication: false, status: 500 }, "AjoHttpError"],
    [{ kind: "unreadable", status: 200 }, "AjoHttpError"],
    [{ kind: "connect" }, "AjoConnectionError"],
    [{ kind: "broken" }, "AjoConnectionError"],
    [{ kind: "timeout" }, "AjoTimeoutError"],
    [{ kind: "notSent" }, "AjoTimeoutError"],
    [{ kind: "new" }, "AjoInternalError"],
  ];
  for (const [failure, name] of classes) {
    const error = errorOf({ message: "m", code: "C", ...failure } as never);
    assert.deepEqual([error.name, error.code, error.constructor.name], [name, "C", name]);
    assert.ok(error instanceof (errors as any)[name]);
    assert.ok(error instanceof errors.AjoError && error instanceof Error);
    assert.match(error.stack ?? "", new RegExp(`^${name}: m\n`));
  }
});

test("fields that are not known are not there, and a body is not printed", () => {
  const error = errorOf({ kind: "refused", code: "c", message: "m", status: 500, body: "private", attempts: 2 });
  assert.deepEqual(Object.keys(error).sort(), ["attempts", "code", "status"]);
  assert.equal((error as errors.AjoHttpError).body, "private");
  assert.doesNotMatch(inspect(error) + JSON.stringify(error), /private/);
  assert.equal("cause" in error, false);
});

test("instanceof holds across copies, and only for what it should", () => {
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

test("a class that a user derives is its own", () => {
  class Mine extends errors.AjoHttpError {}
  const mine = new Mine("m", { code: "c" });
  assert.ok(mine instanceof Mine && mine instanceof errors.AjoHttpError && mine instanceof copy.AjoHttpError);
  assert.ok(!((new errors.AjoHttpError("m", { code: "c" }) as unknown) instanceof Mine));
});

test("a reason is one line, whatever it is", () => {
  const ring = new Error("ring");
  ring.cause = ring;
  const hostile = Object.defineProperty({}, "message", { get: () => assert.fail() });
  assert.equal(describe(ring), "ring");
  assert.equal(describe(hostile), "no reason given");
  assert.equal(describe("text\nof two lines"), "text of two lines");
  assert.equal(describe(undefined), "no reason given");
  assert.equal(describe({ code: "ECONNRESET" }), "ECONNRESET");
  assert.equal(describe(new Error("x".repeat(5000))), `${"x".repeat(1000)}…`);
  assert.equal(describe(new Error("a\u001b[2J\u202eb")), "a\\u{1b}[2J\\u{202e}b");
});
