import { CERTIFICATE, CONNECT, DISCONNECTED, REFUSED } from "./actions.js";
import { errorChain, errorMessage, readProperty } from "./error-message.js";

/**
 * Prefixes of the codes for errors before the first byte of the request: Node.js and undici (names, connections), and Bun. After
 * any other error the service may have processed the request, so `create` is not retried.
 */
const CONNECT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_|E(HOST|NET)UNREACH|UND_ERR_CONNECT_|ERR_SSL_WRONG_|ConnectionRefused|FailedToOpen)/;

/** Prefixes of the codes for a rejected certificate. */
const CERTIFICATE_CODE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;

/** Deno has no codes: its message has this between the URL and the cause. A URL contains no space. */
const DENO = /\bclient error \(Connect\)(: invalid peer certificate)?/;

/**
 * Names and codes of errors for which `fetch` sends nothing, now and in a retry:
 * - Deno without --allow-net: `NotCapable`, before 2.0 `PermissionDenied`. Node.js with --permission: code `ERR_ACCESS_DENIED`.
 * - undici: `UND_ERR_INVALID_ARG` and `UND_ERR_NOT_SUPPORTED` for invalid options, and `UND_MOCK_ERR_…` of its MockAgent, all as the
 *   cause of "fetch failed".
 * - nock without a matching interceptor: the name `NetConnectNotAllowedError` (its code is that of an unreachable network), or the
 *   code `ERR_NOCK_NO_MATCH`.
 */
const REFUSED_NAME = /^(NotCapable|PermissionDenied|ERR_ACCESS_DENIED|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|UND_MOCK_ERR_\w+|NetConnectNotAllowedError|ERR_NOCK_NO_MATCH)$/;

/**
 * The same as the start of a message, for errors without a name or code of their own:
 * - a TypeError for an invalid argument, such as an AbortSignal of another realm: undici ("RequestInit: …", "Request constructor: …"),
 *   Chromium ("Failed to execute 'fetch' …"), Firefox ("Window.fetch: …"), node-fetch ("Expected signal …"), Bun ("signal is not of
 *   type …"). Their network errors have other texts: "fetch failed", "Failed to fetch", "NetworkError when …", "request to … failed".
 * - A port that the Fetch standard blocks: undici ("bad port", the cause of "fetch failed"), Deno ("Fetch failed: Requests to port N
 *   are blocked").
 * - MSW with onUnhandledRequest "error": "[MSW] Cannot bypass a request …".
 * - workerd outside of a request, and over its limit of requests: "Disallowed operation called within global scope …", "Too many
 *   subrequests …".
 */
const REFUSED_MESSAGE =
  /^(RequestInit: |Request constructor: |Failed to execute 'fetch'|(Window|WorkerGlobalScope)\.fetch: |Expected signal |signal is not of type |bad port$|Fetch failed: Requests to port |\[MSW\] Cannot bypass |Disallowed operation called within global scope|Too many subrequests)/;

/** Why a request failed, decided by the rejection of `fetch`. Without proof that nothing was sent: the connection was lost. */
export function fetchProblem(error: unknown): number {
  const chain = errorChain(error);
  if (chain.some(isRefusal)) return REFUSED;
  for (const each of chain) {
    const [code, syscall] = [readProperty(each, "code"), readProperty(each, "syscall")];
    // An established connection can also lose its route.
    if (typeof code !== "string" || syscall === "read" || syscall === "write") continue;
    if (CERTIFICATE_CODE.test(code)) return CERTIFICATE;
    if (CONNECT_CODE.test(code)) return CONNECT;
  }
  const deno = DENO.exec(errorMessage(error));
  if (deno === null) return DISCONNECTED;
  return deno[1] === undefined ? CONNECT : CERTIFICATE;
}

function isRefusal(error: unknown): boolean {
  const matches = (name: string, pattern: RegExp): boolean => {
    const value = readProperty(error, name);
    return typeof value === "string" && pattern.test(value);
  };
  return matches("name", REFUSED_NAME) || matches("code", REFUSED_NAME) || matches("message", REFUSED_MESSAGE);
}
