// Runs a page in Chromium that imports the package, with each bundler in its default configuration.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import path from "node:path";
import { CHROMIUM, startBrowser } from "../browser.mjs";
import { BUNDLERS, sizeOf } from "../bundlers.mjs";
import { startEmulator } from "../emulator.mjs";
import { startOrigin } from "../origin.mjs";
import { copy, serve } from "../project.mjs";
import { CAPPING, optionsOf } from "../settings.mjs";

const SUITES = path.join(import.meta.dirname, "../../runtimes/fixture");
/** The fault suite is slow, so only the page of one bundler runs it. */
const WITH_FAULTS = "esbuild";

export async function run({ ajo, emulator, work, attempt, skip }) {
  if (!existsSync(CHROMIUM)) return skip("Chromium", `${CHROMIUM} does not exist; set AJO_CHROMIUM to its path`);
  const browser = await startBrowser(work);
  try {
    for (const [name, build] of Object.entries(BUNDLERS)) {
      await attempt(`Chromium, ${name}`, async () => {
        const folder = await build(await copy("fixtures/page", work, `page-${name}`), work);
        await withPage(browser, { folder }, emulator, useLimits);
        return sizeOf(folder);
      });
    }
    await Promise.all(Object.keys(BUNDLERS).map((name) => attempt(`Chromium, ${name}: the suites`, () => runSuites(browser, name, ajo, work))));
    await attempt("Chromium, vite's development server", async () => {
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
        await assert.rejects(useLimits(page, address, emulator), /this environment cannot run the WebAssembly module of ajo-limits/);
      });
    });
  } finally {
    await browser.close();
  }
}

/** Opens a page and runs a test in it. Fails on page errors and console warnings. */
async function withPage(browser, source, emulator, test) {
  await emulator.reset();
  const origin = await startOrigin(source, emulator);
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "warning" && problems.push(message.text()));
  try {
    await page.goto(origin.address);
    await test(page, origin.address, emulator);
    assert.deepEqual(problems, []);
  } finally {
    await page.close();
    origin.stop();
  }
}

async function useLimits(page, address, emulator) {
  const options = { ...optionsOf(emulator), baseUrl: `${address}/journey/orchestration`, imsUrl: address };
  await page.waitForFunction(() => globalThis.useLimits !== undefined);
  const result = await page.evaluate(([options, definition]) => globalThis.useLimits(options, definition), [options, CAPPING]);
  assert.deepEqual(result.listed, [[result.uid, "deployed", CAPPING.url]]);
  assert.deepEqual(result.failure, [true, "AjoHttpError", 404, "capping.get"]);
  assert.deepEqual(result.diagnostics, ["ERR_ENDPOINTCONFIG_103", "ERR_ENDPOINTCONFIG_106"]);
  const operations = (await emulator.calls()).map((call) => call.operation);
  assert.deepEqual(operations, ["token", "capping.create", "capping.deploy", "capping.list", "capping.get"]);
}

/** Runs the suites in a page. They change the emulator, so each page has its own. */
async function runSuites(browser, name, ajo, work) {
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
      const settings = { ...options, baseUrl: `${address}/journey/orchestration`, imsUrl: address, closedUrl: "http://127.0.0.1:9", connectCode: "DISCONNECTED" };
      report = await page.evaluate((input) => globalThis.runSuites(input), { settings, faults: name === WITH_FAULTS });
    });
    const { suite, faults, unexpected } = report;
    const failed = [...suite, ...faults].filter((it) => !it.ok).map((it) => `${it.name}: ${it.problem}`);
    assert.deepEqual([...failed, ...unexpected], []);
    assert.ok(suite.length > 15 && (name !== WITH_FAULTS || faults.length > 30), "some tests did not run");
    return `suite ${suite.length}, faults ${faults.length}`;
  } finally {
    emulator.stop();
  }
}
