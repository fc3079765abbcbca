import { chainOf, describe } from "./reason.js";

/**
 * How the codes begin of what fails before a byte of the request is on its way: Node.js (and undici) for names and connections;
 * Bun's own. Whatever is not named here may have reached the service, and then a creation must not be made again.
 */
const CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EAI_|E(HOST|NET)UNREACH|UND_ERR_CONNECT_|ERR_SSL_WRONG_|ConnectionRefused|FailedToOpen)/;

/** How the codes about a rejected certificate begin. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;

/** How Deno's HTTP client reports both, between the URL and the cause; it has no codes. No URL contains a space. */
const DENO = /\bclient error \(Connect\)(: invalid peer certificate)?/;

/** Why the service has seen nothing of a request whose `fetch` rejected, if that is proven. Browsers and workerd never say. */
export function unsentProblem(error: unknown): "connect" | "certificate" | undefined {
  for (const { code, syscall } of chainOf(error) as { code?: unknown; syscall?: unknown }[]) {
    // A route can also be lost under a connection that was there.
    if (typeof code !== "string" || syscall === "read" || syscall === "write") continue;
    if (CERTIFICATE.test(code)) return "certificate";
    if (CONNECTION.test(code)) return "connect";
  }
  const deno = DENO.exec(describe(error));
  if (deno === null) return undefined;
  return deno[1] === undefined ? "connect" : "certificate";
}
