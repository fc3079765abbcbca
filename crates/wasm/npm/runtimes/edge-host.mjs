// Vercel's edge runtime: node edge-host.mjs GIVEN. Bundles the runner with the conditions of that runtime, as Next.js does,
// and hands the modules of WebAssembly in as the platform does: compiled outside the sandbox.
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { EdgeRuntime } from "edge-runtime";

const modules = {};
const { outputFiles } = await build({
  entryPoints: ["edge.mjs"],
  bundle: true,
  write: false,
  format: "iife",
  conditions: ["edge-light"],
  plugins: [{ name: "wasm-module", setup: wasmModules }],
  logLevel: "warning",
});

function wasmModules({ onResolve, onLoad, resolve }) {
  onResolve({ filter: /\.wasm\?module$/ }, async ({ path, resolveDir }) => {
    const found = await resolve(path.replace("?module", ""), { resolveDir, kind: "import-statement" });
    return { path: found.path, namespace: "wasm-module" };
  });
  onLoad({ filter: /.*/, namespace: "wasm-module" }, ({ path }) => {
    const name = `wasm_${Object.keys(modules).length}`;
    modules[name] = new WebAssembly.Module(readFileSync(path));
    return { contents: `export default globalThis.${name};` };
  });
}

const stray = [];
process.on("unhandledRejection", (reason) => stray.push(`unhandled: ${reason?.stack ?? reason}`));
const edge = new EdgeRuntime({
  extend: (context) => Object.assign(context, modules),
  initialCode: outputFiles[0].text,
});
edge.context.given = process.argv[2];
const report = JSON.parse(await edge.evaluate("run(given)"));
report.stray.push(...stray);
console.log(JSON.stringify(report));
