import { chainOf, describe } from "./reason.js";

/**
 * How the codes begin of what fails before a byte of the request is on its way: Node.js (and undici) for names, connections,
 * certificates; Bun's own. Whatever is not named here may have reached the service, and then a creation must not be made again.
 */
const CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|E(HOST|NET)UNREACH|UND_ERR_CONNECT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|ERR_SSL_WRONG_|ConnectionRefused|FailedToOpen)/;

/** How Deno's HTTP client says it; it has no codes. */
const DENO = /\bclient error \(Connect\)/;

/** Whether the rejection of a `fetch` proves that the service has seen nothing of the request. Browsers and workerd never say. */
export function provesUnsent(error: unknown): boolean {
  return DENO.test(describe(error)) || chainOf(error).some(isBeforeSending);
}

function isBeforeSending(error: unknown): boolean {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // A route can also be lost under a connection that was there.
  return typeof code === "string" && CODES.test(code) && syscall !== "read" && syscall !== "write";
}
