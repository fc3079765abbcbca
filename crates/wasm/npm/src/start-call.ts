import type { ApiCall } from "./api-call.js";
import { readCallOptions, readConfig, readUid, withReadErrors } from "./arguments.js";
import { type MethodArguments, takesConfig, takesUid } from "./api-methods.js";
import type { CallContext } from "./call-context.js";
import { CallLoop, type CallPlan } from "./call-loop.js";
import { CallSignal } from "./call-signal.js";
import type { OperationRow } from "./generated/operations.js";
import type { Signal } from "./platform.js";
import { operationName, operationRequest } from "./request.js";
import { readSuccess } from "./success.js";

const NO_FLAGS: readonly string[] = [];

/** Starts the call of an operation. Errors in the arguments reject the call. */
export function startOperation(context: CallContext, row: OperationRow, index: number, { uid, config, options }: MethodArguments): ApiCall<unknown> {
  return startCall(context, () => {
    const name = operationName(row);
    const checkedUid = takesUid(row) ? readUid(name, uid) : undefined;
    const definition = takesConfig(row) ? readConfig(name, config) : undefined;
    const { settings, signal, flags } = readCallOptions(name, options, row.query ? Object.keys(row.query) : NO_FLAGS);
    const forCall = context.forCall(name, settings);
    const request = operationRequest(context.state, forCall.headers, index, row, { uid: checkedUid, definition, flags });
    const isIdempotent = row.idempotency !== "not-idempotent";
    const plan = { operation: index, name, isIdempotent, settings: forCall, request, readSuccess: (text: string | undefined) => readSuccess(row, text) };
    return { plan, signal };
  });
}

/** A call before it starts. */
export interface PlannedCall {
  readonly plan: CallPlan;
  /** The caller's signal. */
  readonly signal: Signal | undefined;
}

/** Starts the call that `prepare` plans. Its exceptions reject the call. */
export function startCall(context: CallContext, prepare: () => PlannedCall): ApiCall<unknown> {
  let loop: CallLoop | undefined;
  let promise: Promise<unknown>;
  try {
    const { plan, signal } = prepare();
    // Last, because it adds a listener: an error after it would leave the listener behind.
    const callSignal = withReadErrors(plan.name, () => new CallSignal(signal));
    loop = new CallLoop(context, plan, callSignal);
    promise = loop.run();
  } catch (error) {
    promise = Promise.reject(error);
  }
  // A native promise, because `await` is slower for an instance of a subclass.
  return Object.assign(promise, {
    withResponse: async () => ({ data: await promise, ...(loop as CallLoop).response }),
  });
}
