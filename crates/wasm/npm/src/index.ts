export type { RequestMethod } from "./api-request.js";
export { AjoAuth, type AuthFetchInit } from "./ajo-auth.js";
export { AjoClient } from "./client.js";
export { definitionOf } from "./definition-of.js";
export {
  AjoAbortError,
  AjoAuthError,
  AjoConnectionError,
  AjoEnvironmentError,
  AjoError,
  AjoFetchError,
  AjoHttpError,
  AjoInternalError,
  AjoTimeoutError,
  AjoValidationError,
  errorFromJson,
  type ErrorDetails,
  type ErrorJson,
  type ForeignErrorJson,
} from "./errors.js";
export type { ApiCall, ApiResponse, ResponseDetails, ResponseHeaders } from "./api-call.js";
export type { CappingMethods, ThrottlingMethods } from "./api-methods.js";
export type { EnvOptions } from "./env.js";
export type { Capping, DeleteOptions, Throttling } from "./generated/operations.js";
export type { Logger, LogLevel } from "./logger.js";
export type * from "./models.js";
export type { AjoEvent, AjoOptions, CallOptions, ExtraHeaders, QueryValue, ReleaseLock, RequestOptions, SandboxOption, ServiceRating, TokenOptions, TokenStore } from "./options.js";
export type { Redeploy } from "./redeploy.js";
export type { LimitChange, LiveLimit, SetRating, SetThroughput } from "./set-limit.js";
export type { AbortSignalLike, Fetch, FetchInit, FetchInput, FetchResponse, FetchSettings, PlatformResponse, Signal, WasmModule } from "./platform.js";
export { validateCapping, validateThrottling } from "./validate.js";
