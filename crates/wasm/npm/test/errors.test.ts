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

test("a static field of a derived class is no kind", () => {
  class Mine extends errors.AjoHttpError {
    static kind = "mine";
  }
  assert.ok(new Mine("m", { code: "c" }) instanceof copy.AjoHttpError);
});

test("the name of an error can be replaced", () => {
  const error = new errors.AjoHttpError("m", { code: "c" });
  error.name = "Renamed";
  assert.equal(String(error), "Renamed: m");
  assert.ok(error instanceof errors.AjoHttpError);
});

const DETAILS = {
  code: "1451",
  status: 400,
  requestId: "r",
  operation: "capping.delete",
  attempts: 2,
  hint: "h",
  retryAfterMs: 5,
  retryable: false,
  outcome: "refused",
  live: "old",
  elapsedMs: 7,
  diagnostics: [{ code: "c", message: "m", pointer: "", severity: "error", rejectsPayload: true }],
} as const;
const ALL_CLASSES = Object.values(errors).filter((it) => typeof it === "function" && "prototype" in it && it.prototype instanceof Error) as (typeof errors.AjoError)[];

test("every class survives JSON and structured clone", () => {
  assert.equal(ALL_CLASSES.length, 10);
  for (const type of ALL_CLASSES) {
    const error = new type("m", { ...DETAILS, body: "private" });
    assert.deepEqual(error.toJSON(), { name: type.name, message: "m", ...DETAILS });
    const copies = [JSON.parse(JSON.stringify({ error })).error, structuredClone(error.toJSON())];
    for (const back of copies.map(errors.errorFromJson)) {
      assert.equal(back.constructor, type);
      assert.deepEqual({ ...back }, DETAILS);
      assert.equal(String(back), `${type.name}: m`);
      assert.ok(!("body" in back) && !("cause" in back));
    }
  }
});

test("a structured clone keeps message and stack", () => {
  const clone = structuredClone(new errors.AjoHttpError("m", { code: "c", body: "private" }));
  assert.deepEqual([clone.name, clone.message, Object.keys(clone)], ["Error", "m", []]);
  assert.match(clone.stack ?? "", /^AjoHttpError: m\n/);
});

test("JSON has nested causes, without foreign texts", () => {
  const foreign = Object.assign(new TypeError("private"), { code: "ECONNRESET", path: "private", errno: -104 });
  const inner = new errors.AjoConnectionError("inner", { code: "DISCONNECTED", cause: foreign });
  const error = new errors.AjoError("outer", { code: "DISCONNECTED", live: "none", cause: inner });
  const json = error.toJSON();
  assert.deepEqual(json.cause, { name: "AjoConnectionError", message: "inner", code: "DISCONNECTED", attempts: 0, cause: { name: "TypeError", code: "ECONNRESET" } });
  const back = errors.errorFromJson(json).cause as errors.AjoError;
  assert.ok(back instanceof errors.AjoConnectionError);
  assert.deepEqual({ ...(back.cause as object) }, { name: "TypeError", code: "ECONNRESET" });
});

test("JSON of strange causes ends", () => {
  const ring = new errors.AjoError("ring", { code: "c" });
  Object.defineProperty(ring, "cause", { value: ring });
  assert.equal(JSON.stringify(ring).match(/ring/g)?.length, 6);
  const throwing = { get name() { throw new Error("private"); } };
  for (const cause of [throwing, "private", null, 5, Symbol("private")]) {
    assert.doesNotMatch(JSON.stringify(new errors.AjoError("m", { code: "c", cause })), /private/);
  }
});

test("JSON of a later version becomes an AjoError", () => {
  const back = errors.errorFromJson({ name: "AjoLaterError", message: "m", code: "c", later: 1 } as errors.ErrorJson);
  assert.deepEqual([back.constructor, { ...back }], [errors.AjoError, { attempts: 0, code: "c" }]);
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
