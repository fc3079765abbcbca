// Bundles a page of index.html and src/index.js with each bundler in its default configuration.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { node, sh } from "./project.mjs";

/** Each function builds in `cwd`, and returns the folder of the page. */
export const BUNDLERS = {
  async vite(cwd, work) {
    await node(["vite/bin/vite.js", "build"], { cwd, work });
    return path.join(cwd, "dist");
  },
  async webpack(cwd) {
    // Its API, because its command is a separate package. Ignores warnings about more than 244 KiB: scripts/budgets.mjs checks sizes.
    const program = `require("webpack")({ mode: "production" }, (error, stats) => {
      if (error) throw error;
      const isAboutSize = ({ message }) => /size limit|performance recommendations/.test(message);
      if (stats.hasErrors() || !stats.toJson().warnings.every(isAboutSize)) throw new Error(stats.toString());
    })`;
    await sh(process.execPath, ["--eval", program], { cwd });
    return writePage(cwd, "main.js");
  },
  async rollup(cwd, work) {
    // Rollup itself does not resolve packages.
    const options = ["--plugin", "node-resolve", "--dir", "dist", "--failAfterWarnings"];
    await node(["rollup/dist/bin/rollup", "src/index.js", ...options], { cwd, work });
    return writePage(cwd, "index.js");
  },
  async esbuild(cwd, work) {
    await node(["esbuild/bin/esbuild", "src/index.js", "--bundle", "--outdir=dist"], { cwd, work });
    return writePage(cwd, "index.js");
  },
};

/** The size of a page's JavaScript, plain and with gzip. */
export async function sizeOf(folder) {
  const contents = await readScripts(folder);
  const sum = (sizes) => Math.round(sizes.reduce((total, size) => total + size, 0) / 1000);
  return `${sum(contents.map((content) => content.length))} KB, gzip ${sum(contents.map((content) => gzipSync(content, { level: 9 }).length))} KB`;
}

/** The size of a page's JavaScript in bytes. */
export async function bytesOf(folder) {
  return (await readScripts(folder)).reduce((total, content) => total + content.length, 0);
}

async function readScripts(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  return Promise.all(names.map((name) => readFile(path.join(folder, name))));
}

/** Writes index.html with the bundle instead of the source. */
async function writePage(cwd, bundle) {
  const html = await readFile(path.join(cwd, "index.html"), "utf8");
  await writeFile(path.join(cwd, "dist/index.html"), html.replace("./src/index.js", `./${bundle}`));
  return path.join(cwd, "dist");
}
