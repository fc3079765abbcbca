// One origin for a page and the emulator, because the emulator, as the service, answers no preflight request of another origin.
import { createReadStream, existsSync } from "node:fs";
import { createServer, request } from "node:http";
import path from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
/** What is the emulator's: the service, the token host, the control API. */
const EMULATED = /^\/(journey|ims|_emulator)\b/;

/**
 * Serves the files of a folder, with a content policy if one is given, or what another server has, and passes the emulator's
 * paths on to it, bytes as they are.
 */
export async function startOrigin({ folder, policy, server }, emulator) {
  const origin = createServer((asked, answer) => {
    if (EMULATED.test(asked.url)) return passOn(emulator.settings.AJO_IMS_URL, asked, answer);
    if (server !== undefined) return passOn(server, asked, answer);
    if (policy !== undefined) answer.setHeader("content-security-policy", policy);
    sendFile(folder, new URL(asked.url, "http://origin").pathname, answer);
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

function sendFile(folder, name, answer) {
  const file = path.join(folder, name === "/" ? "index.html" : name);
  if (!existsSync(file)) return answer.writeHead(404).end();
  answer.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(answer);
}

function passOn(to, asked, answer) {
  // A connection for each request, on both sides: one that the emulator ends must end for the page, and Chromium itself sends
  // a request again, a creation too, when a connection that it has used before ends without an answer.
  const onward = request(new URL(asked.url, to), { method: asked.method, headers: asked.headers, agent: false }, (answered) => {
    answer.writeHead(answered.statusCode, { ...answered.headers, connection: "close" });
    answered.pipe(answer);
    answered.on("close", () => answered.complete || answer.destroy());
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
}
