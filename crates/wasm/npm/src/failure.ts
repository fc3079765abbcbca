import {
  AjoAuthError,
  AjoConnectionError,
  AjoError,
  AjoHttpError,
  AjoInternalError,
  AjoTimeoutError,
  AjoValidationError,
  type ErrorDetails,
} from "./errors.js";
import { isMisfit } from "./misfit.js";

/** A failure as the core tells it. */
export interface Failure extends Omit<ErrorDetails, "cause"> {
  kind: string;
  message: string;
  authentication?: boolean;
}

type ErrorClass = new (message: string, details: ErrorDetails) => AjoError;

const CLASS_OF_KIND: Record<string, ErrorClass> = {
  auth: AjoAuthError,
  refused: AjoHttpError,
  unreadable: AjoHttpError,
  connect: AjoConnectionError,
  broken: AjoConnectionError,
  timeout: AjoTimeoutError,
  notSent: AjoTimeoutError,
  settings: AjoValidationError,
  request: AjoValidationError,
  invalid: AjoValidationError,
};

/** The error of a failure. `cause` is what the platform gave as the reason. */
export function errorOf({ kind, message, authentication, ...details }: Failure, cause?: unknown): AjoError {
  const type = kind === "refused" && authentication ? AjoAuthError : (CLASS_OF_KIND[kind] ?? AjoInternalError);
  // The core takes it for a connection that broke, which passes.
  const misfit = isMisfit(cause) && { retryable: false, hint: undefined };
  return new type(message, { ...details, ...misfit, cause });
}
