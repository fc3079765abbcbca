// A page that imports the package, bundled by each bundler with its default settings, in Chromium.
import assert from "node:assert/strict";
import path from "node:path";
import { startBrowser } from "../browser.mjs";
import { BUNDLERS } from "../build.mjs";
import { startOrigin } from "../origin.mjs";
import { copy, serve } from "../project.mjs";
import { CAPPING, optionsOf } from "../settings.mjs";

export async function run({ emulator, work, attempt }) {
  const browser = await startBrowser(work);
  try {
    for (const [name, build] of Object.entries(BUNDLERS)) {
      await attempt(`Chromium, ${name}`, async () => {
        const folder = await build(await copy("fixtures/page", work, `page-${name}`), work);
        return usePage(browser, { folder }, emulator);
      });
    }
    await attempt("Chromium, vite's server for development", async () => {
      const cwd = await copy("fixtures/page", work, "page-vite-dev");
      const vite = path.join(work, "node_modules/vite/bin/vite.js");
      const server = await serve(process.execPath, [vite, "--host", "127.0.0.1", "--port", "0"], { cwd }, /http:\/\/127\.0\.0\.1:\d+/);
      try {
        return await usePage(browser, { server: server.match[0] }, emulator);
      } finally {
        server.stop();
      }
    });
  } finally {
    await browser.close();
  }
}

/** Opens the page and has it use the limits. */
async function usePage(browser, pages, emulator) {
  await emulator.reset();
  const origin = await startOrigin(pages, emulator);
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "warning" && problems.push(message.text()));
  try {
    await page.goto(origin.address);
    await page.waitForFunction(() => globalThis.useLimits !== undefined);
    const options = { ...optionsOf(emulator), baseUrl: `${origin.address}/journey/orchestration`, imsUrl: origin.address };
    const { uid, listed, failure, findings } = await page.evaluate(([options, definition]) => globalThis.useLimits(options, definition), [options, CAPPING]);
    assert.deepEqual(listed, [[uid, "deployed", CAPPING.url]]);
    assert.deepEqual(failure, [true, "AjoHttpError", 404, "capping.get"]);
    assert.deepEqual(findings, ["ERR_ENDPOINTCONFIG_103", "ERR_ENDPOINTCONFIG_106"]);
    assert.deepEqual(problems, []);
    assert.deepEqual((await emulator.calls()).map((call) => call.operation), ["token", "capping.create", "capping.deploy", "capping.list", "capping.get"]);
  } finally {
    await page.close();
    origin.stop();
  }
}
