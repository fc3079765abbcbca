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
export type { Capping, DeleteOptions, Throttling } from "./generated/operations.js";
export type * from "./models.js";
export type { AjoEvent, AjoOptions, CallOptions, ExtraHeaders, QueryValue, RequestOptions, SandboxOption, TokenOptions, TokenStore } from "./options.js";
export type { Redeploy } from "./redeploy.js";
export type { AbortSignalLike, Fetch, FetchInit, FetchInput, FetchResponse, FetchSettings, PlatformResponse, Signal, WasmModule } from "./platform.js";
export { validateCapping, validateThrottling } from "./validate.js";
