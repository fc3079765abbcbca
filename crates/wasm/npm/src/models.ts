// The generated models of both APIs, and the types that this package adds.

import type { CanDeploy as CanDeployResponse, CanDeployError, CanDeployWarning, ValidationStatus } from "./generated/models.js";

export type * from "./generated/models.js";

/** The result of `canDeploy`. Unlike in the service's response, both lists are always present. */
export interface CanDeploy extends CanDeployResponse {
  /** `"ok"` or `"error"`. */
  readonly validationStatus: ValidationStatus;
  /** Problems that block the deployment. */
  readonly errors: CanDeployError[];
  /** Problems that do not block it. */
  readonly warnings: CanDeployWarning[];
}

/** A problem that the offline rules found in a definition. */
export interface Diagnostic {
  /** The service's code, such as `"ERR_ENDPOINTCONFIG_107"`; `"AJO_LIMITS_…"` where the service has none. */
  readonly code: string;
  /** Only an error blocks a deployment. */
  readonly severity: "error" | "warning" | (string & {});
  /** JSON pointer to the field: `"/services/action/rating"`. Empty for the whole definition. */
  readonly pointer: string;
  /** One line. */
  readonly message: string;
  /** `"action"` or `"dataSource"`, if the diagnostic concerns one of them. */
  readonly service?: string;
  /** Whether the service rejects the definition already in `create` and `update`. */
  readonly rejectsPayload: boolean;
}
