// The actions of the token store. Its errors never fail a call.

import type { ActionScope } from "./action-scope.js";
import { LOCK_STORE, READ_STORE, STORE_BUSY, STORE_FAILED, STORE_LOCKED, STORE_TIMEOUT, STORE_WRITTEN, UNLOCK_STORE, WRITE_STORE } from "./actions.js";
import { typeName } from "./arguments.js";
import { isStopReason, TIMED_OUT } from "./call-signal.js";
import { nameAndCode } from "./error-message.js";
import { AjoInternalError } from "./errors.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { TokenStore } from "./options.js";
import { withTimeout } from "./with-timeout.js";

const VERBS: Record<number, string> = { [READ_STORE]: "read", [WRITE_STORE]: "written", [LOCK_STORE]: "locked", [UNLOCK_STORE]: "unlocked" };

/** Performs an action of the store, and returns the next action. */
export async function performStoreAction(scope: ActionScope, code: number, timeoutMs: number, extra: number): Promise<number> {
  const { call, signal, context, progress } = scope;
  const work = WORK[code];
  if (work === undefined) throw new AjoInternalError("the WebAssembly module returned an unknown action", { code: "INTERNAL" });
  let result: StoreResult;
  try {
    const start = () => work(scope, context.settings.tokenStore as TokenStore, extra);
    result = await withTimeout(signal, timeoutMs, start, { onValue: ({ undo }) => undo && ignoreErrors(undo) });
  } catch (error) {
    if (isStopReason(error)) throw error;
    const isTimeout = error === TIMED_OUT;
    const reason = isTimeout ? `no response within ${Math.ceil(timeoutMs)} ms` : `tokenStore: ${context.state.secrets.describe(error)}`;
    progress.emit({ type: "store", problem: `the token store could not be ${VERBS[code]}: ${reason}` });
    scope.cause = isTimeout ? undefined : context.state.secrets.redact(error);
    return call.step(isTimeout ? STORE_TIMEOUT : STORE_FAILED);
  }
  scope.cause = undefined;
  return result.report();
}

/** What a use of the store has resulted in. */
interface StoreResult {
  /** Reports it to the module, and returns the next action. */
  report(): number;
  /** Called instead if the result comes too late. */
  undo?(): unknown;
}

type Work = (scope: ActionScope, store: TokenStore, extra: number) => Promise<StoreResult>;

const WORK: Record<number, Work> = { [READ_STORE]: read, [WRITE_STORE]: write, [LOCK_STORE]: lock, [UNLOCK_STORE]: unlock };

async function read(scope: ActionScope, store: TokenStore): Promise<StoreResult> {
  const key = scope.call.read("storeKey");
  // The error may quote a stored value that is not known here, so only its name and code are reported.
  const value = await (async () => store.get(key))().catch((error: unknown) => Promise.reject(new Error(nameAndCode(error))));
  // A missing value is null (Workers KV, Redis) or undefined (a Map).
  if (value !== null && value !== undefined && typeof value !== "string") {
    throw new TypeError(`tokenStore.get returned ${typeName(value)} instead of a string`);
  }
  if (typeof value === "string") scope.context.state.secrets.addStored(value);
  return { report: () => scope.call.report("stored", value ?? undefined) };
}

async function write(scope: ActionScope, store: TokenStore, ttlSeconds: number): Promise<StoreResult> {
  const key = scope.call.read("storeKey");
  const entry = scope.call.read("storeEntry");
  scope.context.state.secrets.addStored(entry);
  await store.set(key, entry, ttlSeconds);
  return { report: () => scope.call.step(STORE_WRITTEN) };
}

async function lock(scope: ActionScope, store: TokenStore, leaseSeconds: number): Promise<StoreResult> {
  const release = await store.lock?.(scope.call.read("storeKey"), leaseSeconds);
  if (typeof release !== "function") return { report: () => scope.call.step(STORE_BUSY) };
  return { report: () => scope.call.step(STORE_LOCKED, scope.context.state.locks.add(release)), undo: release };
}

async function unlock(scope: ActionScope, _: TokenStore, ticket: number): Promise<StoreResult> {
  await scope.context.state.locks.release(ticket);
  return { report: () => scope.call.step(STORE_WRITTEN) };
}
