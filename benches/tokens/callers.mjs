// So many callers at once who need a token and have none: node callers.mjs LIBRARY CALLERS HOST.
//
// Both libraries know Adobe's token host only, by https, so its requests are led to HOST by an own `fetch`; nothing else of them is
// changed. Each caller asks as the library's documentation shows it.
import { createRequire } from "node:module";

const THEIRS = "https://ims-na1.adobelogin.com";
const [library, callers, host] = process.argv.slice(2);
const plain = globalThis.fetch;
const led = (input, init) => {
  const address = typeof input === "string" ? input : (input.url ?? String(input));
  if (!address.startsWith(THEIRS)) throw new Error(`not to ${address}`);
  // A connection for each: what counts is how many requests are made, and the host is one program on a loopback address.
  return plain(address.replace(THEIRS, `http://${host}`), { method: "POST", body: "grant_type=client_credentials" });
};
globalThis.fetch = led;

const require = createRequire(import.meta.url);
const credentials = { clientId: "client", clientSecret: "p8e-a-secret-that-is-none", orgId: "A1B2C3@AdobeOrg", scopes: ["openid", "AdobeID"] };

/** What one caller does. */
const CALLER = {
  "@adobe/aio-lib-core-auth": () => {
    const { generateAccessToken } = require("@adobe/aio-lib-core-auth");
    return () => generateAccessToken(credentials, "prod");
  },
  "@adobe/aio-lib-ims": () => {
    const ims = require("@adobe/aio-lib-ims");
    return ims;
  },
};

const caller = await CALLER[library]();
await Promise.all(Array.from({ length: Number(callers) }, () => caller()));
process.exit(0);
