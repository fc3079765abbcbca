// The models of both APIs, which are generated, and what this package adds to them.

import type { CanDeploy as AnsweredVerdict, CanDeployError, CanDeployWarning, ValidationStatus } from "./generated/models.js";

export type * from "./generated/models.js";

/** The verdict of `canDeploy`, in which both lists are always there. */
export interface CanDeploy extends AnsweredVerdict {
  /** `"ok"` or `"error"`. */
  readonly validationStatus: ValidationStatus;
  /** What blocks the deployment. */
  readonly errors: CanDeployError[];
  /** What does not block it. */
  readonly warnings: CanDeployWarning[];
}

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
