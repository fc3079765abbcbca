// Proxies as the README describes them. `fetch` of each runtime finds the proxy; the package has no part in it, except for `fetchOptions`.
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { bun, denoPath, nodePath } from "./runtimes.mjs";

const VARIABLES = { HTTP_PROXY: "PROXY" };
const DENO = ["run", "--allow-all", "--no-remote", "--node-modules-dir=manual"];

/** The name, the program, its flags, how it finds the proxy, and its variables, in which PROXY stands for the proxy's URL. */
const CASES = [
  ...[20, 22, 24].flatMap((version) => [
    [`Node.js ${version}, dispatcher`, nodePath(version), [], "dispatcher"],
    [`Node.js ${version}, global dispatcher`, nodePath(version), [], "global", VARIABLES],
  ]),
  // Node.js 22 warns that this is experimental.
  ...[22, 24].map((version) => [`Node.js ${version}, variables`, nodePath(version), ["--no-warnings"], "variables", { ...VARIABLES, NODE_USE_ENV_PROXY: "1" }]),
  ["Deno, variables", denoPath, DENO, "variables", VARIABLES],
  ["Deno, client", denoPath, DENO, "deno"],
  ["Bun, variables", bun, [], "variables", VARIABLES],
  ["Bun, option", bun, [], "bun"],
];

/** Lists the limits through a proxy in each runtime, and returns the problems. `run` starts a program of the fixture. */
export async function checkProxies(run) {
  const connections = [];
  const service = createServer((message, response) => {
    const isToken = message.url.startsWith("/ims/");
    message.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(isToken ? '{"access_token":"eyJ-token-0123456789","expires_in":86399}' : '{"results":[]}');
    });
  });
  // Deno and Bun send a request without TLS to the proxy; undici opens a tunnel.
  const proxy = createServer((message, response) => {
    connections.push(message.url);
    const { method, headers } = message;
    message.pipe(request(message.url, { method, headers }, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers))));
  });
  proxy.on("connect", ({ url }, socket) => {
    connections.push(url);
    const [host, port] = url.split(":");
    const tunnel = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    for (const stream of [tunnel, socket]) stream.on("error", () => {});
    socket.pipe(tunnel).pipe(socket);
  });
  const [serviceUrl, proxyUrl] = await Promise.all([service, proxy].map(listen));
  try {
    const problems = [];
    for (const [name, file, flags, way, variables = {}] of CASES) {
      connections.length = 0;
      const proxied = Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, value.replace("PROXY", proxyUrl)]));
      const { status, stdout, stderr } = await run(file, [...flags, "proxy.mjs", way], { SERVICE: serviceUrl, PROXY: proxyUrl, ...proxied });
      // The token request, and the list.
      const ok = status === 0 && stdout === "0\n" && connections.length === 2;
      console.log(`${`proxy: ${name}`.padEnd(46)}${ok ? "ok" : "failed"}`);
      if (!ok) problems.push(`proxy: ${name}: exited with ${status}, ${connections.length} connections\n${stdout}${stderr}`);
    }
    return problems;
  } finally {
    for (const server of [service, proxy]) server.close().closeAllConnections();
  }
}

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));
}
