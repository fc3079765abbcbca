// Serves a page and the emulator from one origin, because neither the emulator nor the service supports CORS.
import { createReadStream, existsSync } from "node:fs";
import { createServer, request } from "node:http";
import path from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
/** The paths of the service, the token endpoint and the control API. */
const EMULATED = /^\/(journey|ims|_emulator)\b/;

/** Serves a folder, optionally with a content security policy, or proxies another server. Proxies the emulator's paths to it. */
export async function startOrigin({ folder, policy, server }, emulator) {
  const origin = createServer((incoming, outgoing) => {
    if (EMULATED.test(incoming.url)) return proxy(emulator.settings.AJO_IMS_URL, incoming, outgoing);
    if (server !== undefined) return proxy(server, incoming, outgoing);
    if (policy !== undefined) outgoing.setHeader("content-security-policy", policy);
    sendFile(folder, new URL(incoming.url, "http://origin").pathname, outgoing);
  });
  await new Promise((resolve) => origin.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${origin.address().port}`,
    stop() {
      origin.close();
      origin.closeAllConnections();
    },
  };
}

function sendFile(folder, name, outgoing) {
  const file = path.join(folder, name === "/" ? "index.html" : name);
  if (!existsSync(file)) return outgoing.writeHead(404).end();
  outgoing.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(outgoing);
}

function proxy(target, incoming, outgoing) {
  // One connection per request on both sides. When the emulator closes a connection, the page must see it. On a reused connection,
  // Chromium would resend the request, even a create.
  const { method, headers } = incoming;
  const upstream = request(new URL(incoming.url, target), { method, headers, agent: false }, (response) => {
    outgoing.writeHead(response.statusCode, { ...response.headers, connection: "close" });
    response.pipe(outgoing);
    response.on("close", () => response.complete || outgoing.destroy());
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}
