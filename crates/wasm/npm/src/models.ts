// The models of both APIs, named as in the Rust crate. Their fields and documentation come from `openapi/*.yaml`.

import type { components as CappingSpecification } from "./generated/capping.js";
import type { components as ThrottlingSpecification } from "./generated/throttling.js";

type OfCapping = CappingSpecification["schemas"];
type OfThrottling = ThrottlingSpecification["schemas"];

/** What is sent to create or overwrite a capping configuration. */
export interface CappingDefinition extends Readonly<OfCapping["CappingDefinition"]> {}
/** What a capping limit applies to: custom actions, data sources, or both. */
export interface CappingServices extends Readonly<OfCapping["CappingServices"]> {}
/** The limit for one kind of caller. */
export interface ServiceLimit extends Readonly<OfCapping["ServiceLimit"]> {}
/** A number of calls in a period in milliseconds. */
export interface Rating extends Readonly<OfCapping["Rating"]> {}
/** A capping configuration as the service keeps it. Only `uid` is always there. */
export interface CappingConfig extends Readonly<OfCapping["CappingConfig"]> {}
/** A capping definition as it was last deployed. */
export interface DeployedCapping extends Readonly<OfCapping["DeployedCapping"]> {}
/** What the service answers to `capping.create`. */
export interface CappingCreated extends Readonly<OfCapping["CappingCreated"]> {}
/** What the service answers to `capping.update`. */
export interface CappingUpdated extends Readonly<OfCapping["CappingUpdated"]> {}

/** What is sent to create or overwrite the throttling configuration. */
export interface ThrottlingDefinition extends Readonly<OfThrottling["ThrottlingDefinition"]> {}
/** A throttling configuration as the service keeps it. Only `uid` is always there. */
export interface ThrottlingConfig extends Readonly<OfThrottling["ThrottlingConfig"]> {}
/** What the service answers to `throttling.create`. */
export interface ThrottlingCreated extends Readonly<OfThrottling["ThrottlingCreated"]> {}
/** What the service answers to `throttling.update`. */
export interface ThrottlingUpdated extends Readonly<OfThrottling["ThrottlingUpdated"]> {}

/** An HTTP method as the service spells it: `OPTIONS` is `OPTION` here. Other text is taken as well. */
export type HttpMethod = OfCapping["HttpMethod"];
/** The state of a configuration in its life cycle. The service may add values. */
export type ConfigState = OfCapping["ConfigState"];
/** Who did what when. Times are RFC 3339 in UTC. */
export interface ConfigMetadata extends Readonly<OfCapping["ConfigMetadata"]> {}

/** The verdict of `canDeploy`. */
export interface CanDeploy extends Readonly<OfCapping["CanDeploy"]> {
  /** `"ok"` or `"error"`. */
  readonly validationStatus: ValidationStatus;
  /** What blocks the deployment. */
  readonly errors: CanDeployError[];
  /** What does not block it. */
  readonly warnings: CanDeployWarning[];
}
/** `"ok"` or `"error"`. The service may add values. */
export type ValidationStatus = OfCapping["ValidationStatus"];
/** One reason against a deployment. */
export type CanDeployError = OfCapping["CanDeployError"];
/** One remark that does not block a deployment. */
export type CanDeployWarning = OfCapping["CanDeployWarning"];

/** What the offline rules say about one place in a definition. */
export interface Finding {
  /** The service's own code, such as `"ERR_ENDPOINTCONFIG_107"`; `"AJO_LIMITS_…"` where it has none. */
  readonly code: string;
  /** Only an error blocks a deployment. */
  readonly severity: "error" | "warning" | (string & {});
  /** The place, as a JSON pointer: `"/services/action/rating"`. Empty for the definition as a whole. */
  readonly pointer: string;
  /** What is wrong, in one line. */
  readonly message: string;
  /** `"action"` or `"dataSource"`, where it is about one of them. */
  readonly service?: string;
  /** Whether the service already refuses to store such a definition. */
  readonly refusesPayload: boolean;
}
