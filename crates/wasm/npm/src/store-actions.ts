// The actions of the token store. Its errors never fail a call.

import type { ActionScope } from "./action-scope.js";
import { LOCK_STORE, READ_STORE, STORE_BUSY, STORE_FAILED, STORE_LOCKED, STORE_TIMEOUT, STORE_WRITTEN, UNLOCK_STORE, WRITE_STORE } from "./actions.js";
import { typeName } from "./arguments.js";
import { Aborted, TimedOut } from "./call-signal.js";
import { nameAndCode } from "./error-message.js";
import { AjoInternalError } from "./errors.js";
import type { TokenStore } from "./options.js";
import { withTimeout } from "./with-timeout.js";

const VERBS: Record<number, string> = { [READ_STORE]: "read", [WRITE_STORE]: "written", [LOCK_STORE]: "locked", [UNLOCK_STORE]: "unlocked" };

/** Performs an action of the store, and returns the next action. */
export async function performStoreAction(scope: ActionScope, code: number, timeoutMs: number, extra: number): Promise<number> {
  const { call, signal, context, progress } = scope;
  const work = WORK[code];
  if (work === undefined) throw new AjoInternalError("the WebAssembly module returned an unknown action", { code: "INTERNAL" });
  let report: () => number;
  try {
    report = await withTimeout(signal, timeoutMs, () => work(scope, context.settings.tokenStore as TokenStore, extra));
  } catch (error) {
    if (error instanceof Aborted) throw error;
    const isTimeout = error instanceof TimedOut;
    const reason = isTimeout ? `no response within ${Math.ceil(timeoutMs)} ms` : `tokenStore: ${context.state.secrets.describe(error)}`;
    progress.emit({ type: "store", problem: `the token store could not be ${VERBS[code]}: ${reason}` });
    scope.cause = isTimeout ? undefined : context.state.secrets.redact(error);
    return call.step(isTimeout ? STORE_TIMEOUT : STORE_FAILED);
  }
  scope.cause = undefined;
  return report();
}

/** Uses the store, and returns a function that reports the result. */
type Work = (scope: ActionScope, store: TokenStore, extra: number) => Promise<() => number>;

const WORK: Record<number, Work> = { [READ_STORE]: read, [WRITE_STORE]: write, [LOCK_STORE]: lock, [UNLOCK_STORE]: unlock };

async function read(scope: ActionScope, store: TokenStore): Promise<() => number> {
  const key = scope.call.read("storeKey");
  // The error may quote a stored value that is not known here, so only its name and code are reported.
  const value = await (async () => store.get(key))().catch((error: unknown) => Promise.reject(new Error(nameAndCode(error))));
  // A missing value is null (Workers KV, Redis) or undefined (a Map).
  if (value !== null && value !== undefined && typeof value !== "string") {
    throw new TypeError(`tokenStore.get returned ${typeName(value)} instead of a string`);
  }
  if (typeof value === "string") scope.context.state.secrets.addStored(value);
  return () => scope.call.report("stored", value ?? undefined);
}

async function write(scope: ActionScope, store: TokenStore, ttlSeconds: number): Promise<() => number> {
  const key = scope.call.read("storeKey");
  const entry = scope.call.read("storeEntry");
  scope.context.state.secrets.addStored(entry);
  await store.set(key, entry, ttlSeconds);
  return () => scope.call.step(STORE_WRITTEN);
}

async function lock(scope: ActionScope, store: TokenStore, leaseSeconds: number): Promise<() => number> {
  const release = await store.lock?.(scope.call.read("storeKey"), leaseSeconds);
  if (typeof release !== "function") return () => scope.call.step(STORE_BUSY);
  const ticket = scope.locks.size + 1;
  scope.locks.set(ticket, release);
  return () => scope.call.step(STORE_LOCKED, ticket);
}

async function unlock(scope: ActionScope, _: TokenStore, ticket: number): Promise<() => number> {
  await scope.locks.get(ticket)?.();
  return () => scope.call.step(STORE_WRITTEN);
}
