// Builds and serves a project with a route GET /api/limits.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import path from "node:path";
import { copy, serve, sh } from "../bundlers/project.mjs";
import { CAPPING, clientOf } from "../bundlers/settings.mjs";

/** The Node.js of the lock file. Most frameworks need a newer one than the package itself. */
const nodeFolder = (work) => path.join(work, "node_modules/node-24/bin");
const nodePath = (work) => path.join(nodeFolder(work), "node");

/** A copy of the project in WORK, and functions that run programs of installed packages in it. */
export async function openProject(name, work) {
  const cwd = await copy(path.join(import.meta.dirname, "projects", name), work, name);
  const variables = { PATH: [nodeFolder(work), path.join(work, "node_modules/.bin"), process.env.PATH].join(path.delimiter) };
  const options = (env) => ({ cwd, env: { ...variables, ...env } });
  const program = (name) => path.join(work, "node_modules", name);
  return {
    cwd,
    run: ([name, ...argv], env) => sh(nodePath(work), [program(name), ...argv], options(env)),
    /** Starts a server whose output includes its address. */
    serve: ([file, ...argv], env) => serve(nodePath(work), [path.resolve(cwd, file), ...argv], options(env), /http:\/\/[\w.]+:\d+/),
    program,
  };
}

/** Calls the route twice. The second call reuses the client and the token. */
export async function checkRoute(address, emulator, work, output) {
  await emulator.reset();
  const { uid } = await (await clientOf(emulator, work)).capping.create(CAPPING);
  await emulator.control("DELETE", "/calls");
  for (let call = 0; call < 2; call += 1) {
    const response = await fetch(`${address}/api/limits`);
    const body = await response.text();
    assert.equal(response.status, 200, `${body}\n${output()}`);
    assert.deepEqual(JSON.parse(body).map((config) => [config.uid, config.url]), [[uid, CAPPING.url]]);
  }
  assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["token", "capping.list", "capping.list"]);
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}
