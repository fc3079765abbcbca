// Tests of a user with Jest and Vitest: with `ajo-limits-emulator`, the emulator over HTTP, and a mocked `fetch`.
import { copy, node } from "../project.mjs";
import { optionsOf } from "../settings.mjs";

const RUNNERS = [
  ["Jest, CommonJS", "jest", ["jest/bin/jest.js", "--rootDir", "."]],
  ["Jest, modules", "jest-esm", ["jest/bin/jest.js", "--rootDir", "."], { NODE_OPTIONS: "--experimental-vm-modules" }],
  ["Vitest", "vitest", ["vitest/vitest.mjs", "run", "--root", "."]],
];

export async function run({ emulator, work, attempt }) {
  for (const [name, fixture, argv, env] of RUNNERS) {
    await attempt(name, async () => {
      await emulator.reset();
      const cwd = await copy(`fixtures/${fixture}`, work, fixture);
      const output = await node(argv, { cwd, work, env: { ...env, SETTINGS: JSON.stringify(optionsOf(emulator)) } });
      return output.match(/Tests:? .*passed.*/)?.[0].trim().replace(/\s+/g, " ");
    });
  }
}
