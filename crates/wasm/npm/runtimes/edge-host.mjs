// Runs the suites in Vercel's edge runtime: node edge-host.mjs INPUT. Bundles them with the runtime's export conditions, like Next.js,
// and compiles WebAssembly modules outside the sandbox, like the platform.
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
    const resolved = await resolve(path.replace("?module", ""), { resolveDir, kind: "import-statement" });
    return { path: resolved.path, namespace: "wasm-module" };
  });
  onLoad({ filter: /.*/, namespace: "wasm-module" }, ({ path }) => {
    const name = `wasm_${Object.keys(modules).length}`;
    modules[name] = new WebAssembly.Module(readFileSync(path));
    return { contents: `export default globalThis.${name};` };
  });
}

const unexpected = [];
process.on("unhandledRejection", (reason) => unexpected.push(`unhandled: ${reason?.stack ?? reason}`));
const edge = new EdgeRuntime({
  extend: (context) => Object.assign(context, modules),
  initialCode: outputFiles[0].text,
});
edge.context.input = process.argv[2];
const report = JSON.parse(await edge.evaluate("run(input)"));
report.unexpected.push(...unexpected);
console.log(JSON.stringify(report));
