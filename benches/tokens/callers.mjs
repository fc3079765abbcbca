// So many callers at once who need a token and have none: node callers.mjs LIBRARY CALLERS HOST.
//
// Both libraries know Adobe's token host only, and by https, so their requests are led to HOST where they leave Node.js; nothing
// else of them is changed. Each caller asks as the library's documentation shows it. HOME and XDG_CONFIG_HOME have to name a folder of
// this program's own: aio-lib-ims keeps tokens in files there.
import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";

const THEIRS = "ims-na1.adobelogin.com";
/** Connections at a time; the other requests wait for one. Chosen here: far below what a system lets a program open. */
const CONNECTIONS = 250;
const [library, callers, host] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const [hostname, port] = host.split(":");

function ask(options, callback) {
  if (options.hostname !== THEIRS && options.host !== THEIRS) throw new Error(`a request to ${options.hostname ?? options.host}`);
  return http.request({ ...options, protocol: "http:", host: hostname, hostname, port, agent, href: undefined }, callback);
}

/** For aio-lib-ims, which sends with node-fetch. */
https.request = ask;

/** For aio-lib-core-auth, which sends with the `fetch` of Node.js. */
globalThis.fetch = (address, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const { hostname: to, pathname } = new URL(address);
    const length = { "content-length": Buffer.byteLength(body) };
    const request = ask({ hostname: to, path: pathname, method, headers: { ...headers, ...length } }, async (answer) => {
      const parts = await answer.toArray();
      resolve(new Response(Buffer.concat(parts), { status: answer.statusCode }));
    });
    request.on("error", reject);
    request.end(body);
  });

const require = createRequire(import.meta.url);
const scopes = ["openid", "AdobeID"];
const secret = "p8e-a-secret-that-is-none";

/** What one caller does, once what all have in common is set up. */
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
