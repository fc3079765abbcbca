import { AjoValidationError } from "./errors.js";

/** An error about the arguments of a function; `where` names it. */
export function validationError(where: string, problem: string, cause?: unknown): AjoValidationError {
  const details = /^new |\.fromEnv$/.test(where) ? { code: "CONFIG" } : { code: "BUILD_REQUEST", operation: where };
  return new AjoValidationError(`${where}: ${problem}`, { ...details, cause });
}
