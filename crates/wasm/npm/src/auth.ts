export { AjoAuth, type AuthFetchInit } from "./ajo-auth.js";
export type { AjoEvent, AjoOptions, SandboxOption, TokenOptions, TokenStore } from "./options.js";
export type { FetchInput, FetchSettings, PlatformResponse } from "./platform.js";
