import type { ApiCall } from "./api-call.js";
import { type Capping, type OperationRow, OPERATIONS, type Throttling } from "./generated/operations.js";
import { redeploy, type Redeploy } from "./redeploy.js";
import { setRating, type SetRating, setThroughput, type SetThroughput } from "./set-limit.js";

/** The methods of capping: one for each operation, and some that make several calls. */
export type CappingMethods = Capping & Redeploy & SetRating;

/** The methods of throttling. */
export type ThrottlingMethods = Throttling & SetThroughput;

/** The methods of both APIs. */
export interface Apis {
  readonly capping: CappingMethods;
  readonly throttling: ThrottlingMethods;
}

/** The arguments of a method. One that the operation does not have is undefined. */
export interface MethodArguments {
  readonly uid: unknown;
  readonly config: unknown;
  readonly options: unknown;
}

/** Starts the call of an operation, which `index` names in OPERATIONS. */
export type StartOperation = (row: OperationRow, index: number, methodArguments: MethodArguments) => ApiCall<unknown>;

/** Creates the methods: plain functions that do not use `this`, so that `const { list } = ajo.capping` works. */
export function createApis(start: StartOperation): Apis {
  const apis: Record<string, Record<string, unknown>> = { capping: {}, throttling: {} };
  OPERATIONS.forEach((row, index) => {
    const hasUid = takesUid(row);
    const hasConfig = takesConfig(row);
    (apis[row.api] as Record<string, unknown>)[row.name] = (...args: unknown[]) => {
      const uid = hasUid ? args[0] : undefined;
      const config = hasConfig ? args[hasUid ? 1 : 0] : undefined;
      return start(row, index, { uid, config, options: args[Number(hasUid) + Number(hasConfig)] });
    };
  });
  const { capping, throttling } = apis as unknown as { capping: CappingMethods; throttling: ThrottlingMethods };
  capping.redeploy = (uid, options) => redeploy(capping, uid, options);
  capping.setRating = (uid, rating, options) => setRating(capping, uid, rating, options);
  throttling.setThroughput = (uid, maxThroughput, options) => setThroughput(throttling, uid, maxThroughput, options);
  return { capping, throttling };
}

export function takesUid({ path }: OperationRow): boolean {
  return path.includes("{uid}");
}

export function takesConfig({ body }: OperationRow): boolean {
  return body === true;
}
