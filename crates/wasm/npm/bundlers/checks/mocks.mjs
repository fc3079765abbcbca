// Tests of users that mock the package, or the network below it.
import assert from "node:assert/strict";
import { copy, node, sh } from "../project.mjs";
import { optionsOf } from "../settings.mjs";

const PROJECTS = [
  ["Jest, jsdom", "jest-jsdom", ["jest/bin/jest.js", "--rootDir", "."]],
  ["Jest, mocked package", "mocks/jest", ["jest/bin/jest.js", "--rootDir", "."]],
  ["Vitest, mocked package", "mocks/vitest", ["vitest/vitest.mjs", "run", "--root", "."]],
];

export async function run({ emulator, work, attempt }) {
  for (const [name, fixture, argv] of PROJECTS) {
    await attempt(name, async () => {
      await emulator.reset();
      const cwd = await copy(`fixtures/${fixture}`, work, fixture);
      const output = await node(argv, { cwd, work, env: { SETTINGS: JSON.stringify(optionsOf(emulator)) } });
      return output.match(/Tests:? .*passed.*/)?.[0].trim().replace(/\s+/g, " ");
    });
  }
  await attempt("MSW, undici MockAgent, no fetch", async () => {
    await emulator.reset();
    const cwd = await copy("fixtures/refused", work, "refused");
    await sh(process.execPath, ["--test"], { cwd, env: { SETTINGS: JSON.stringify(optionsOf(emulator)) } });
  });
  await attempt("Deno without network access", async () => {
    const cwd = await copy("fixtures/refused", work, "refused");
    const output = await node(["deno/bin.cjs", "run", "--no-prompt", "--node-modules-dir=manual", "deno.mjs"], { cwd, work });
    const { text, ...fields } = JSON.parse(output.trim().split("\n").at(-1));
    assert.deepEqual(fields, { code: "FETCH_REFUSED", attempts: 1, outcome: "failed" }, text);
    assert.match(text, /--allow-net/);
  });
}
