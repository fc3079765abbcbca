import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, type OperationRow } from "../src/generated/operations.js";
import { readSuccess } from "../src/success.js";
import { useModule } from "./support.js";

useModule();

const row = (operation: string): OperationRow => OPERATIONS.find(({ api, name }) => `${api}.${name}` === operation) as OperationRow;

test("a success body is its value", () => {
  const config = { uid: "u-1_2.3", other: [null] };
  const cases: [string, unknown, unknown][] = [
    ["capping.list", { results: [config], more: 1 }, [config]],
    ["capping.list", { results: [] }, []],
    ["capping.get", { result: config }, config],
    ["capping.create", config, config],
    ["capping.canDeploy", { canDeploy: { errors: null } }, { errors: [], warnings: [] }],
    ["capping.deploy", "anything", undefined],
  ];
  for (const [operation, body, value] of cases) {
    for (const space of ["", " \t\r\n\f"]) assert.deepEqual(readSuccess(row(operation), space.slice(0, -1) + JSON.stringify(body)), { value }, operation);
  }
  assert.deepEqual(readSuccess(row("capping.deploy"), ""), { value: undefined });
});

test("an invalid success body is a problem", () => {
  const cases: [string, string | undefined, string][] = [
    ["capping.list", undefined, "it is longer than 64 MiB"],
    ["capping.deploy", undefined, "it is longer than 64 MiB"],
    ["capping.deploy", " <html>", "it is HTML or XML"],
    ["capping.list", "", "it is not a JSON object"],
    ["capping.list", "[[]]", "it is not a JSON object"],
    ["capping.list", '\u00a0{"results":[]}', "it is not a JSON object"],
    ["capping.list", '{"results":[]', "it is not JSON"],
    ["capping.list", '{"results":[{"uid":"u"}],}', "it is not JSON"],
    ["capping.list", `{"results":${"[".repeat(200)}${"]".repeat(200)}}`, "it is not JSON"],
    ["capping.list", "{}", "missing field `results`"],
    ["capping.list", '{"results":null}', "field `results` must be a list"],
    ["capping.list", '{"results":{"length":0}}', "field `results` must be a list"],
    ["capping.list", '{"results":[{"uid":"u"},null]}', "a configuration must be an object"],
    ["capping.list", '{"results":[[]]}', "a configuration must be an object"],
    ["capping.get", '{"result":{}}', "missing field `uid`"],
    ["capping.get", '{"__proto__":{"result":{"uid":"u"}}}', "missing field `result`"],
    ["capping.get", '{"result":{"uid":5}}', "field `uid` must be a string"],
    ["capping.create", '{"uid":"../to`ken"}', "`…` is not a valid configuration uid"],
    ["capping.create", '{"uid":"u\\n"}', "`…` is not a valid configuration uid"],
    ["capping.canDeploy", '{"canDeploy":[]}', "field `canDeploy` must be an object"],
    ["capping.deploy", `"${",".repeat(1_000_001)}"`, "it has too many JSON values"],
    ["capping.deploy", `"${"{".repeat(100_001)}"`, "it has too many JSON values"],
  ];
  for (const [operation, body, problem] of cases) assert.deepEqual(readSuccess(row(operation), body), { problem }, `${operation} ${body?.slice(0, 60)}`);
  assert.deepEqual(readSuccess(row("capping.deploy"), `"${"{".repeat(100_000)}"`), { value: undefined });
});
