// How each bundler makes a page of src/index.js and index.html, with nothing set that it does not ask for.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { node, sh } from "./project.mjs";

/** Each builds in `cwd`; the folder with the page is given back. */
export const BUNDLERS = {
  async vite(cwd, work) {
    await node(["vite/bin/vite.js", "build"], { cwd, work });
    return path.join(cwd, "dist");
  },
  async webpack(cwd) {
    // By its API, which needs no second package. Without a mode it warns; and of more than 244 KiB, which the budgets are for.
    const program = `require("webpack")({ mode: "production" }, (error, stats) => {
      if (error) throw error;
      const isOfSize = ({ message }) => /size limit|performance recommendations/.test(message);
      if (stats.hasErrors() || !stats.toJson().warnings.every(isOfSize)) throw new Error(stats.toString());
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

/** Bytes of a page's JavaScript, as it is and with gzip. */
export async function sizeOf(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name))));
  const sum = (sizes) => Math.round(sizes.reduce((all, one) => all + one, 0) / 1000);
  return `${sum(texts.map((text) => text.length))} KB, gzip ${sum(texts.map((text) => gzipSync(text, { level: 9 }).length))} KB`;
}

/** The page, with the bundle in place of the source. */
async function pageWith(cwd, bundle) {
  const html = await readFile(path.join(cwd, "index.html"), "utf8");
  await writeFile(path.join(cwd, "dist/index.html"), html.replace("./src/index.js", `./${bundle}`));
  return path.join(cwd, "dist");
}
