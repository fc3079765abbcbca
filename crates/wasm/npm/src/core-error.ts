import {
  AjoAuthError,
  AjoConnectionError,
  AjoError,
  AjoFetchError,
  AjoHttpError,
  AjoInternalError,
  AjoTimeoutError,
  AjoValidationError,
  type ErrorDetails,
} from "./errors.js";
import { isInvalidResponse } from "./invalid-response.js";

/** An error in the JSON of the core. */
export interface CoreError extends Omit<ErrorDetails, "cause"> {
  kind: string;
  message: string;
  authentication?: boolean;
}

type ErrorClass = new (message: string, details: ErrorDetails) => AjoError;

const CLASS_BY_KIND: Record<string, ErrorClass> = {
  auth: AjoAuthError,
  api: AjoHttpError,
  decode: AjoHttpError,
  connect: AjoConnectionError,
  disconnected: AjoConnectionError,
  refused: AjoFetchError,
  timeout: AjoTimeoutError,
  deadlineExceeded: AjoTimeoutError,
  config: AjoValidationError,
  buildRequest: AjoValidationError,
  invalid: AjoValidationError,
};

/** Converts an error of the core. `cause` is the error of the platform or of a callback. */
export function toAjoError({ kind, message, authentication, ...details }: CoreError, cause?: unknown): AjoError {
  const type = kind === "api" && authentication ? AjoAuthError : (CLASS_BY_KIND[kind] ?? AjoInternalError);
  // The core reports an invalid response as a lost connection, which would be worth a retry.
  const corrections = isInvalidResponse(cause) && { retryable: false, hint: undefined };
  return new type(message, { ...details, ...corrections, cause });
}
