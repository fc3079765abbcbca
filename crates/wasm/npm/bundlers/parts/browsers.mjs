// A page that imports the package, bundled by each bundler with its default settings, in Chromium.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import path from "node:path";
import { CHROMIUM, startBrowser } from "../browser.mjs";
import { BUNDLERS, sizeOf } from "../build.mjs";
import { startEmulator } from "../emulator.mjs";
import { startOrigin } from "../origin.mjs";
import { copy, serve } from "../project.mjs";
import { CAPPING, optionsOf } from "../settings.mjs";

/** The suites of every runtime, and the bundler whose page runs that of the faults too, which takes long. */
const SUITES = path.join(import.meta.dirname, "../../runtimes/fixture");
const WITH_FAULTS = "esbuild";

export async function run({ ajo, emulator, work, attempt, skip }) {
  if (!existsSync(CHROMIUM)) return skip("Chromium", `there is no ${CHROMIUM}; AJO_CHROMIUM can name another`);
  const browser = await startBrowser(work);
  try {
    for (const [name, build] of Object.entries(BUNDLERS)) {
      await attempt(`Chromium, ${name}`, async () => {
        const folder = await build(await copy("fixtures/page", work, `page-${name}`), work);
        await withPage(browser, { folder }, emulator, useLimits);
        return sizeOf(folder);
      });
    }
    await Promise.all(Object.keys(BUNDLERS).map((name) => attempt(`Chromium, ${name}: the suites`, () => suites(browser, name, ajo, work))));
    await attempt("Chromium, vite's server for development", async () => {
      const cwd = await copy("fixtures/page", work, "page-vite-dev");
      const vite = path.join(work, "node_modules/vite/bin/vite.js");
      const server = await serve(process.execPath, [vite, "--host", "127.0.0.1", "--port", "0"], { cwd }, /http:\/\/127\.0\.0\.1:\d+/);
      try {
        await withPage(browser, { server: server.match[0] }, emulator, useLimits);
      } finally {
        server.stop();
      }
    });
    await attempt("Chromium, content policies", async () => {
      const folder = path.join(work, "page-esbuild/dist");
      await withPage(browser, { folder, policy: "script-src 'self' 'wasm-unsafe-eval'" }, emulator, useLimits);
      await withPage(browser, { folder, policy: "script-src 'self'" }, emulator, async (page, address) => {
        await assert.rejects(useLimits(page, address, emulator), /AjoInternalError: the core could not be started/);
      });
    });
  } finally {
    await browser.close();
  }
}

/** Opens the page and has it used; it may have nothing to complain of. */
async function withPage(browser, pages, emulator, use) {
  await emulator.reset();
  const origin = await startOrigin(pages, emulator);
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "warning" && problems.push(message.text()));
  try {
    await page.goto(origin.address);
    await use(page, origin.address, emulator);
    assert.deepEqual(problems, []);
  } finally {
    await page.close();
    origin.stop();
  }
}

async function useLimits(page, address, emulator) {
  const options = { ...optionsOf(emulator), baseUrl: `${address}/journey/orchestration`, imsUrl: address };
  await page.waitForFunction(() => globalThis.useLimits !== undefined);
  const used = await page.evaluate(([options, definition]) => globalThis.useLimits(options, definition), [options, CAPPING]);
  assert.deepEqual(used.listed, [[used.uid, "deployed", CAPPING.url]]);
  assert.deepEqual(used.failure, [true, "AjoHttpError", 404, "capping.get"]);
  assert.deepEqual(used.findings, ["ERR_ENDPOINTCONFIG_103", "ERR_ENDPOINTCONFIG_106"]);
  const operations = (await emulator.calls()).map((call) => call.operation);
  assert.deepEqual(operations, ["token", "capping.create", "capping.deploy", "capping.list", "capping.get"]);
}

/** The suites in a page, on an emulator of its own, which they disturb. */
async function suites(browser, name, ajo, work) {
  const cwd = await copy("fixtures/suite", work, `suite-${name}`);
  await cp(path.join(cwd, "../page-vite/index.html"), path.join(cwd, "index.html"));
  await cp(SUITES, path.join(cwd, "src"), { recursive: true });
  const folder = await BUNDLERS[name](cwd, work);
  const emulator = await startEmulator(ajo);
  try {
    let report;
    await withPage(browser, { folder }, emulator, async (page, address) => {
      await page.waitForFunction(() => globalThis.runSuites !== undefined);
      const { baseUrl, imsUrl, ...options } = optionsOf(emulator);
      const settings = { ...options, baseUrl: `${address}/journey/orchestration`, imsUrl: address, closedUrl: "http://127.0.0.1:9", connectCode: "BROKEN" };
      report = await page.evaluate((given) => globalThis.runSuites(given), { settings, faults: name === WITH_FAULTS });
    });
    const { suite, faults, stray } = report;
    const failed = [...suite, ...faults].filter((it) => !it.ok).map((it) => `${it.name}: ${it.problem}`);
    assert.deepEqual([...failed, ...stray], []);
    assert.ok(suite.length > 15 && (name !== WITH_FAULTS || faults.length > 30), "all of the tests ran");
    return `suite ${suite.length}, faults ${faults.length}`;
  } finally {
    emulator.stop();
  }
}
