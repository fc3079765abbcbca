// How each bundler makes a page of src/index.js and index.html, with nothing set that it does not ask for.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { node, sh } from "./project.mjs";

/** Each builds in `cwd`; the folder with the page is given back. */
export const BUNDLERS = {
  async vite(cwd, work) {
    await node(["vite/bin/vite.js", "build"], { cwd, work });
    return path.join(cwd, "dist");
  },
  async webpack(cwd, work, mode = "production") {
    // By its API, which needs no second package. Without a mode it warns.
    const program = `require("webpack")({ mode: "${mode}" }, (error, stats) => {
      if (error) throw error;
      if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
    })`;
    await sh(process.execPath, ["--eval", program], { cwd });
    return pageWith(cwd, "main.js");
  },
  async rollup(cwd, work) {
    // It finds no package by itself.
    const how = ["--plugin", "node-resolve", "--dir", "dist", "--failAfterWarnings"];
    await node(["rollup/dist/bin/rollup", "src/index.js", ...how], { cwd, work });
    return pageWith(cwd, "index.js");
  },
  async esbuild(cwd, work) {
    await node(["esbuild/bin/esbuild", "src/index.js", "--bundle", "--outdir=dist"], { cwd, work });
    return pageWith(cwd, "index.js");
  },
};

/** The page, with the bundle in place of the source. */
async function pageWith(cwd, bundle) {
  const html = await readFile(path.join(cwd, "index.html"), "utf8");
  await writeFile(path.join(cwd, "dist/index.html"), html.replace("./src/index.js", `./${bundle}`));
  return path.join(cwd, "dist");
}
