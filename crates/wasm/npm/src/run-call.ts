import { type CallInput, typeName } from "./arguments.js";
import { Aborted, type CallSignal } from "./call-signal.js";
import { toAjoError } from "./core-error.js";
import { nameAndCode } from "./error-message.js";
import { AjoAbortError, AjoInternalError } from "./errors.js";
import { NOT_IDEMPOTENT } from "./generated/operations.js";
import { ignoreErrors } from "./ignore-errors.js";
import type { AjoEvent, ClientCallbacks } from "./options.js";
import type { Secrets } from "./secrets.js";
import { failedResult, isAuthorization, type Request, send, type StepResult } from "./send.js";
import type { PendingCall, Session } from "./session.js";
import type { Step } from "./step.js";
import { withTimeout } from "./with-timeout.js";

/** Hint for a call with an unknown outcome: repeating a `create` that was processed makes a second configuration. */
const OUTCOME_UNKNOWN = "The service may have processed the call. Check before you retry it.";

/** Performs the steps of a call, one after the other, until the core reports the result. */
export async function runCall(
  session: Session,
  callbacks: ClientCallbacks,
  operation: string,
  callInput: CallInput,
): Promise<unknown> {
  const { callSignal } = callInput;
  const runner = new CallRunner(operation, callbacks, callSignal, session.secrets);
  try {
    return await runner.run(() => session.startCall(callInput));
  } catch (error) {
    // An error of the core itself does not know the call that it ends.
    if (error instanceof AjoInternalError) Object.assign(error, runner.progress());
    throw error;
  } finally {
    callSignal.release();
  }
}

class CallRunner {
  #operation: string;
  #attempts = 0;
  #callbacks: ClientCallbacks;
  #callSignal: CallSignal;
  #secrets: Secrets;
  /** The error of the last step, for `cause`. A later success clears it. */
  #cause: unknown;
  /** The body of the last response. */
  #body = "";

  constructor(operation: string, callbacks: ClientCallbacks, callSignal: CallSignal, secrets: Secrets) {
    this.#operation = operation;
    this.#callbacks = callbacks;
    this.#callSignal = callSignal;
    this.#secrets = secrets;
  }

  async run(start: () => PendingCall): Promise<unknown> {
    if (this.#callSignal.aborted) throw this.#abortError();
    const pending = start();
    for (;;) {
      const { step } = pending;
      this.#emit(step.events);
      if (step.done !== undefined) return resultValue(this.#body, step.done);
      if (step.failed !== undefined) throw toAjoError(step.failed, this.#cause);
      const { outcome, body, error } = await this.#performOrCancel(pending);
      if (step.wait === undefined) this.#cause = error;
      if (step.send !== undefined) this.#body = body;
      pending.resume(outcome, body);
    }
  }

  /** Performs the current step. Cancels the call if the caller aborts. */
  async #performOrCancel(pending: PendingCall): Promise<StepResult> {
    const { step } = pending;
    let sent: Request | undefined;
    try {
      // An event listener may have aborted, while no step was running.
      if (this.#callSignal.aborted) throw new Aborted();
      sent = step.send;
      return await this.#perform(step);
    } catch (error) {
      pending.cancel();
      if (!(error instanceof Aborted)) throw error;
      // A token request has no Authorization header and creates nothing.
      const mayHaveCreated = NOT_IDEMPOTENT.includes(this.#operation) && sent?.headers.some(isAuthorization);
      throw this.#abortError(mayHaveCreated ? OUTCOME_UNKNOWN : undefined);
    }
  }

  #abortError(hint?: string): AjoAbortError {
    const cause = this.#secrets.redact(this.#callSignal.reason);
    return new AjoAbortError(`${this.#operation}: aborted by the caller's signal`, { code: "ABORTED", ...this.progress(), hint, cause });
  }

  /** Error details of a call that ended early. */
  progress(): { operation: string; attempts: number; hint?: string } {
    return { operation: this.#operation, attempts: this.#attempts, ...(this.#attempts > 0 && { hint: OUTCOME_UNKNOWN }) };
  }

  async #perform(step: Step): Promise<StepResult> {
    const { send: request, token, storeGet, storeSet } = step;
    if (request !== undefined) return send(request, this.#callbacks.fetch, this.#callSignal, this.#secrets);
    // A promise that never settles ends with the timeout, or when the caller aborts.
    if (step.wait !== undefined) return { ...(await this.#runCallback({ timeoutMs: step.wait }, () => new Promise(() => {}))), outcome: {} };
    const { accessToken, tokenStore } = this.#callbacks;
    if (token !== undefined) {
      return this.#runCallback(token, async () => {
        const value = assertString("accessToken", await accessToken?.());
        this.#secrets.add(value);
        return { token: value };
      });
    }
    if (storeGet !== undefined) {
      return this.#runCallback(storeGet, async () => {
        // The error may quote a stored value that is not known here, so only its name and code are reported.
        const read = (async () => tokenStore?.get(storeGet.key))().catch((error: unknown) => Promise.reject(new Error(nameAndCode(error))));
        // A missing value is null (Workers KV, Redis) or undefined (a Map).
        const value = (await read) ?? null;
        if (value !== null) this.#secrets.addStored(assertString("tokenStore.get", value));
        return { value };
      });
    }
    if (storeSet !== undefined) {
      const { key, value, ttlSeconds } = storeSet;
      this.#secrets.addStored(value);
      return this.#runCallback(storeSet, async () => {
        await tokenStore?.set(key, value, ttlSeconds);
        return {};
      });
    }
    throw new AjoInternalError("the WebAssembly module returned an unknown step", { code: "INTERNAL" });
  }

  async #runCallback({ timeoutMs }: { timeoutMs: number }, work: () => Promise<object>): Promise<StepResult> {
    try {
      return { outcome: await withTimeout(this.#callSignal, timeoutMs, work), body: "" };
    } catch (error) {
      return failedResult(error, "disconnected", this.#secrets);
    }
  }

  #emit(events: AjoEvent[] | undefined): void {
    for (const event of events ?? []) {
      if (event.type === "attempt") this.#attempts = event.attempt;
      // A failing listener must not fail the call.
      ignoreErrors(() => this.#callbacks.onEvent?.(event));
    }
  }
}

/** The value of a call in the last response body. The core has already checked the body. */
function resultValue(body: string, field: string | null): unknown {
  if (field === null) return undefined;
  const parsed = JSON.parse(body);
  if (field === "") return parsed;
  const value = parsed[field];
  // The service omits empty lists.
  return field === "canDeploy" ? { ...value, errors: value.errors ?? [], warnings: value.warnings ?? [] } : value;
}

function assertString(name: string, value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`${name} returned ${typeName(value)} instead of a string`);
  return value;
}
