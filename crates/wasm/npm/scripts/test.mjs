// Tests the JS wrapper with a scripted core: node scripts/test.mjs OUT. Bundles the tests into OUT, because Node.js 20 cannot run
// TypeScript.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const out = path.resolve(process.argv[2]);

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: readdirSync(path.join(here, "test")).filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  // A scripted module.
  alias: { "#module": path.join(here, "test/support.ts") },
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});
const tests = readdirSync(out).filter((name) => name.endsWith(".test.mjs")).map((name) => path.join(out, name));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...tests], { stdio: "inherit" });
process.exitCode = status ?? 1;
