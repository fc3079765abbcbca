// Builds executables from fixture/executable.mjs: one file with the runtime, the program, and the package.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import postject from "postject";

const MAIN = "executable.mjs";
/** The name and the marker of the program in the executable of Node.js, from its documentation. */
const SEA = { resource: "NODE_SEA_BLOB", sentinelFuse: "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2" };

/** `bun build --compile`. `run` runs a program in `out`. */
export async function buildWithBun(bun, out, run) {
  await run(bun, ["build", "--compile", MAIN, "--outfile", "executable-bun"]);
}

/** A single executable application of Node.js, whose program must be one CommonJS file. */
export async function buildWithNode(node, out, run) {
  const file = (name) => path.join(out, name);
  await build({ entryPoints: [file(MAIN)], outfile: file("executable.cjs"), bundle: true, platform: "node", format: "cjs", logLevel: "warning" });
  const config = { main: "executable.cjs", output: "executable.blob", disableExperimentalSEAWarning: true };
  writeFileSync(file("executable.json"), JSON.stringify(config));
  await run(node, ["--experimental-sea-config", "executable.json"]);
  copyFileSync(node, file("executable-node"));
  const { resource, sentinelFuse } = SEA;
  await postject.inject(file("executable-node"), resource, readFileSync(file("executable.blob")), { sentinelFuse });
}
