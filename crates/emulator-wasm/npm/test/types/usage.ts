// Compiled by scripts/types.mjs against the tarballs, on every platform. Never run.
import { AjoClient } from "ajo-limits";
import { createEmulator, EmulatorError, type Emulator, type EmulatorOperation, type Fault, type Snapshot } from "ajo-limits-emulator";

declare function print(...values: unknown[]): void;

/** The example in the README, and more. */
export async function useEmulator(): Promise<void> {
  const emulator: Emulator = createEmulator({ now: () => 0 });
  const ajo = new AjoClient({ ...emulator.options, fetch: emulator.fetch });
  const fault: Fault = { at: "capping.list", when: "first:2", fault: "drop_before" };
  emulator.faults.set(fault);
  await ajo.capping.list();
  emulator.clock.freeze();
  emulator.clock.advance(86_400);
  const operation: EmulatorOperation = "throttling.can_deploy";
  const calls: number = emulator.requestLog.list({ operation: "token" }).length;
  const snapshot: Snapshot = emulator.snapshot();
  emulator.restore(snapshot);
  emulator.addConcurrentEdit({ before: "capping.update", mutation: "edit" });
  const variant: string | undefined = emulator.quirks()["undeploy_idle"];
  const { status } = await emulator.fetch(`${emulator.options.baseUrl}/list`, { method: "POST" });
  try {
    emulator.control("GET", "/configs");
  } catch (error) {
    if (error instanceof EmulatorError) print(error.code, calls, status, variant, operation);
  }
  // @ts-expect-error Unknown operation.
  emulator.faults.set({ at: "capping.dance", when: "always", fault: "drop_before" });
  // @ts-expect-error Unknown option.
  createEmulator({ lifetime: 5 });
  emulator.close();
}
