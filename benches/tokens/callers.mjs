// CALLERS callers that start together without a token: node callers.mjs LIBRARY CALLERS ENDPOINT.
//
// Both libraries only call Adobe's token endpoint, by https, so their requests are redirected to ENDPOINT where they leave Node.js.
// Each caller uses the library as its documentation shows. HOME and XDG_CONFIG_HOME have to name a folder of this program's own,
// because aio-lib-ims stores tokens in files there.
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";

const THEIRS = "ims-na1.adobelogin.com";
/** Other requests wait for one of these connections. The number is ours, far below what systems allow. */
const CONNECTIONS = 250;
const [library, callers, endpoint] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const [hostname, port] = endpoint.split(":");

function ask(options, callback) {
  if (options.hostname !== THEIRS && options.host !== THEIRS) throw new Error(`a request to ${options.hostname ?? options.host}`);
  return http.request({ ...options, protocol: "http:", host: hostname, hostname, port, agent, href: undefined }, callback);
}

/** aio-lib-ims uses node-fetch. */
https.request = ask;

/** aio-lib-core-auth uses the `fetch` of Node.js. */
globalThis.fetch = (address, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const { hostname: to, pathname } = new URL(address);
    const length = { "content-length": Buffer.byteLength(body) };
    const request = ask({ hostname: to, path: pathname, method, headers: { ...headers, ...length } }, async (response) => {
      const parts = await response.toArray();
      resolve(new Response(Buffer.concat(parts), { status: response.statusCode }));
    });
    request.on("error", reject);
    request.end(body);
  });

const require = createRequire(import.meta.url);
const scopes = ["openid", "AdobeID"];
const secret = "p8e-a-secret-that-is-none";

/** The call of one caller, after the common setup. */
const CALLER = {
  "@adobe/aio-lib-core-auth": () => {
    const { generateAccessToken } = require("@adobe/aio-lib-core-auth");
    return async () => {
      const { access_token } = await generateAccessToken({ clientId: "client", clientSecret: secret, orgId: "A1B2C3@AdobeOrg", scopes: [...scopes] }, "prod");
      return access_token;
    };
  },
  "@adobe/aio-lib-ims": async () => {
    const { context, getToken } = require("@adobe/aio-lib-ims");
    await context.set("bench", {
      client_id: "client",
      client_secrets: [secret],
      technical_account_id: "1@techacct.adobe.com",
      technical_account_email: "1@techacct.adobe.com",
      ims_org_id: "A1B2C3@AdobeOrg",
      scopes,
    });
    return () => getToken("bench");
  },
};

const caller = await CALLER[library]();
const tokens = await Promise.all(Array.from({ length: Number(callers) }, () => caller()));
if (tokens.some((token) => typeof token !== "string" || token.length < 100)) throw new Error("not every caller has a token");
process.exit(0);
