export { AjoClient, type Capping, type Configurations, type Throttling } from "./client.js";
export {
  AjoAbortError,
  AjoAuthError,
  AjoConnectionError,
  AjoError,
  AjoHttpError,
  AjoInternalError,
  AjoTimeoutError,
  AjoValidationError,
  type ErrorDetails,
} from "./errors.js";
export type * from "./models.js";
export type { AjoEvent, AjoOptions, CallOptions, DeleteOptions, ExtraHeaders, TokenStore } from "./options.js";
export type { AbortSignalLike, Fetch, FetchInit, FetchResponse, Signal, WasmModule } from "./platform.js";
export { validateCapping, validateThrottling } from "./validate.js";
