import { integerArgument, readRating } from "./arguments.js";
import { toAjoError } from "./core-error.js";
import { definitionOf } from "./definition-of.js";
import { AjoError, AjoValidationError } from "./errors.js";
import type { Capping, Throttling } from "./generated/operations.js";
import type { CappingDefinition, Diagnostic, ServiceLimit, ThrottlingConfig, ThrottlingDefinition } from "./models.js";
import type { CallOptions, ServiceRating } from "./options.js";
import { liveLimit, redeploy } from "./redeploy.js";
import { validateCapping, validateThrottling } from "./validate.js";
import * as wasm from "./wasm-instance.js";

/**
 * Which limit is live: the new one, the old one, or none, because the configuration is not deployed. Then only AJO's default cap
 * applies.
 */
export type LiveLimit = "new" | "old" | "none" | "unknown";

/** The result of a change. */
export interface LimitChange<Definition> {
  /** The saved definition before the change. To undo the change, pass it to `update` and redeploy. */
  readonly before: Definition;
  /** The saved definition after the change, as read back. */
  readonly after: Definition;
  /**
   * `"new"`, or `"none"` if the configuration is not deployed. `"unknown"` if the service does not say. If the old limit is still live,
   * the call has failed.
   */
  readonly live: LiveLimit;
}

/** Changes the rating of a capping configuration. */
export interface SetRating {
  /**
   * Changes the rating of one service, and makes it live with `redeploy`. Everything else in the definition stays, also fields that
   * this version does not know. A configuration that is not deployed stays so. If nothing changes, nothing is written.
   *
   * The service has no ETag: a change that someone else makes at the same time can be overwritten, or can overwrite this one.
   *
   * Rejects with an `AjoValidationError` if the configuration does not limit the service, if it limits two and none is named, or if the
   * new definition violates a rule; then nothing is written. If the definition is saved but not live, `error.live` says which limit is.
   * The options apply to each call.
   */
  setRating(uid: string, rating: ServiceRating, options?: CallOptions): Promise<LimitChange<CappingDefinition>>;
}

/** Changes the throughput of the throttling configuration. */
export interface SetThroughput {
  /**
   * Changes `maxThroughput`, in calls per second. If the configuration is deployed, the new value applies at once, in all sandboxes.
   * Everything else stays, as with `capping.setRating`, and concurrent changes can overwrite each other in the same way.
   */
  setThroughput(uid: string, maxThroughput: number, options?: CallOptions): Promise<LimitChange<ThrottlingDefinition>>;
}

/** The steps that the module decides. */
const UPDATE = 1;
const REDEPLOY = 2;

export async function setRating(
  capping: Capping,
  uid: string,
  rating: ServiceRating,
  options?: CallOptions,
): Promise<LimitChange<CappingDefinition>> {
  const operation = "capping.setRating";
  const { service: wanted, ...numbers } = readRating(operation, rating);
  const config = await capping.get(uid, options);
  const before = definitionOf(config);
  const services: Record<string, ServiceLimit | undefined> = { ...before.services };
  const service = selectService(operation, wanted, Object.keys(services));
  const limit = services[service] as ServiceLimit;
  const isSet = ({ services: { [service as "action"]: found } }: CappingDefinition) =>
    found?.rating?.maxCallsCount === numbers.maxCallsCount && found.rating.periodInMs === numbers.periodInMs;
  const live = liveLimit(config);
  const steps = wasm.run((it) => it.limitChange(!isSet(before), live));
  if (steps === 0) return { before, after: before, live: live as LiveLimit };
  const changed = { ...before, services: { ...services, [service]: { ...limit, rating: { ...limit.rating, ...numbers } } } };
  checkRules(operation, validateCapping(changed));
  if (steps & UPDATE) await capping.update(uid, changed, options);
  const now = await (steps & REDEPLOY ? redeploy(capping, uid, options, operation) : capping.get(uid, options));
  const after = definitionOf(now);
  if (!isSet(after)) throw concurrentChange(operation);
  const liveNow = steps & REDEPLOY ? "new" : liveLimit(now);
  return { before, after, live: liveNow === "hidden" ? "unknown" : liveNow };
}

export async function setThroughput(
  throttling: Throttling,
  uid: string,
  maxThroughput: number,
  options?: CallOptions,
): Promise<LimitChange<ThrottlingDefinition>> {
  const operation = "throttling.setThroughput";
  integerArgument(operation, "maxThroughput", maxThroughput);
  const config = await throttling.get(uid, options);
  const before = throttlingDefinition(config);
  if (before.maxThroughput === maxThroughput) return { before, after: before, live: throttlingLive(config) };
  const changed = { ...before, maxThroughput };
  checkRules(operation, validateThrottling(changed));
  await throttling.update(uid, changed, options);
  const now = await throttling.get(uid, options);
  const after = throttlingDefinition(now);
  if (after.maxThroughput !== maxThroughput) throw concurrentChange(operation);
  return { before, after, live: throttlingLive(now) };
}

/** The service whose limit changes: the wanted one, or the only one. */
function selectService(operation: string, wanted: string | undefined, present: string[]): string {
  const service = wasm.run((it) => it.selectService(wanted, present.join()));
  if (service !== undefined) return service;
  const error = toAjoError(JSON.parse(wasm.run((it) => it.takeProblem(operation))));
  throw present.length > 1 ? Object.assign(error, { hint: "Pass `service`." }) : error;
}

/** Throws if the service would reject the definition. */
function checkRules(operation: string, diagnostics: Diagnostic[]): void {
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (error === undefined) return;
  const message = `${operation} failed: ${error.message} (${error.code}); nothing was changed`;
  throw new AjoValidationError(message, { code: "INVALID", operation, diagnostics, retryable: false });
}

function concurrentChange(operation: string): AjoError {
  return new AjoError(`${operation} failed: the update succeeded, but the service returns another value`, {
    code: "CONFLICT",
    operation,
    live: "unknown",
    hint: "Someone else may have changed the configuration. Read it before you try again.",
  });
}

function throttlingDefinition(config: ThrottlingConfig): ThrottlingDefinition {
  return definitionOf<ThrottlingConfig>(config);
}

/** `hasBeenDeployed` becomes false on undeploy (documented). If it is missing, only two states are clear. */
function throttlingLive({ hasBeenDeployed, state }: ThrottlingConfig): LiveLimit {
  const isDeployed = hasBeenDeployed ?? (state === "deployed" ? true : state === "created" ? false : undefined);
  return isDeployed === undefined ? "unknown" : isDeployed ? "new" : "none";
}
