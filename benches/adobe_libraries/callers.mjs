// Starts CALLERS callers together without a token: node callers.mjs LIBRARY CALLERS ENDPOINT.
//
// Both libraries call only Adobe's token endpoint over https, so their requests are redirected to ENDPOINT inside Node.js. Each caller
// uses the library as its documentation shows. HOME and XDG_CONFIG_HOME must name an empty folder, because aio-lib-ims stores tokens in
// files there.
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";

const ADOBE_HOST = "ims-na1.adobelogin.com";
/** Maximum number of connections, far below the limits of operating systems. Further requests wait. */
const CONNECTIONS = 250;
const [library, callers, endpoint] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const [hostname, port] = endpoint.split(":");

function redirectRequest(options, callback) {
  if (options.hostname !== ADOBE_HOST && options.host !== ADOBE_HOST) throw new Error(`unexpected request to ${options.hostname ?? options.host}`);
  return http.request({ ...options, protocol: "http:", host: hostname, hostname, port, agent, href: undefined }, callback);
}

/** aio-lib-ims uses node-fetch. */
https.request = redirectRequest;

/** aio-lib-core-auth uses the `fetch` of Node.js. */
globalThis.fetch = (address, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const { hostname: to, pathname } = new URL(address);
    const length = { "content-length": Buffer.byteLength(body) };
    const request = redirectRequest({ hostname: to, path: pathname, method, headers: { ...headers, ...length } }, async (response) => {
      const parts = await response.toArray();
      resolve(new Response(Buffer.concat(parts), { status: response.statusCode }));
    });
    request.on("error", reject);
    request.end(body);
  });

const require = createRequire(import.meta.url);
const scopes = ["openid", "AdobeID"];
const secret = "p8e-a-made-up-secret";

/** The setup of each library; returns the call of one caller. */
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
if (tokens.some((token) => typeof token !== "string" || token.length < 100)) throw new Error("a caller got no token");
process.exit(0);
