import { errorChain, errorMessage } from "./error-message.js";

/**
 * Prefixes of the codes for errors before the first byte of the request: Node.js and undici (names, connections), and Bun. After
 * any other error the service may have processed the request, so `create` is not retried.
 */
const CONNECT = /^(ECONNREFUSED|ENOTFOUND|EAI_|E(HOST|NET)UNREACH|UND_ERR_CONNECT_|ERR_SSL_WRONG_|ConnectionRefused|FailedToOpen)/;

/** Prefixes of the codes for a rejected certificate. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;

/** Deno has no codes: its message has this between the URL and the cause. A URL contains no space. */
const DENO = /\bclient error \(Connect\)(: invalid peer certificate)?/;

/**
 * Whether a rejection of `fetch` proves that the request was not sent, and why. `undefined` without proof: browsers and workerd
 * never give one.
 */
export function connectErrorKind(error: unknown): "connect" | "certificate" | undefined {
  for (const { code, syscall } of errorChain(error) as { code?: unknown; syscall?: unknown }[]) {
    // An established connection can also lose its route.
    if (typeof code !== "string" || syscall === "read" || syscall === "write") continue;
    if (CERTIFICATE.test(code)) return "certificate";
    if (CONNECT.test(code)) return "connect";
  }
  const deno = DENO.exec(errorMessage(error));
  if (deno === null) return undefined;
  return deno[1] === undefined ? "connect" : "certificate";
}
