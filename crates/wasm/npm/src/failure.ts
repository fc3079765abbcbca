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
import type { Finding } from "./models.js";

/** A failure as the core tells it. */
export interface Failure extends Omit<ErrorDetails, "code" | "cause"> {
  kind: string;
  message: string;
  code?: string;
  authentication?: boolean;
  findings?: readonly Finding[];
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
export function errorOf(failure: Failure, cause?: unknown): AjoError {
  const refusedCredential = failure.kind === "refused" && failure.authentication === true;
  const type = refusedCredential ? AjoAuthError : (CLASS_OF_KIND[failure.kind] ?? AjoInternalError);
  const { message, status, requestId, operation, attempts, hint, retryAfterMs, body, findings } = failure;
  // `notSent` is NOT_SENT.
  const code = failure.code ?? failure.kind.replace(/[A-Z]/g, "_$&").toUpperCase();
  return new type(message, { code, status, requestId, operation, attempts, hint, retryAfterMs, body, findings, cause });
}
