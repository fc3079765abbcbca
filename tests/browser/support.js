// Starts the emulator and the browser for the tests, with checks for every page.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const program = join(target, 'debug', 'examples', process.platform === 'win32' ? 'web_ui.exe' : 'web_ui');

/** Starts the emulator's example `web_ui` on a free port; it exits at the end of its standard input. */
export async function startEmulator(...options) {
  assert.ok(existsSync(program), `${program} is missing; run \`cargo build -p ajo-emulator --example web_ui\``);
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const address = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the emulator exited with ${code}`)));
  });
  const send = async (method, path, body, headers = {}) => {
    const response = await fetch(new URL(path, address), {
      method,
      headers: { 'x-sandbox-name': 'prod', 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, body: isJson ? await response.json() : undefined };
  };
  return {
    address,
    /** Calls the service. */
    call: (method, path, body, headers) => send(method, `/journey/orchestration${path}`, body, headers),
    /** Calls the control API. */
    control: (method, path, body) => send(method, `/_emulator${path}`, body),
    stop: () => child.stdin.end(),
  };
}

/** Launches Debian's Chromium, or the one in `AJO_CHROMIUM`, without background networking. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.AJO_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--font-render-hinting=none',
      '--force-color-profile=srgb',
    ],
  });
}

/** Opens the web UI. `check` fails if the page logged to the console, threw, or sent requests elsewhere. */
export async function openPage(browser, emulator, { width = 1280, height = 900, dark = false, path = '' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const [consoleMessages, requestUrls] = [[], []];
  page.on('console', (message) => consoleMessages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => consoleMessages.push(`error: ${error.message}`));
  page.on('request', (request) => requestUrls.push(request.url()));
  await page.goto(emulator.address + path);
  await page.locator('#facts div').first().waitFor();
  const check = () => {
    assert.deepEqual(consoleMessages, [], 'the console is empty');
    const elsewhere = requestUrls.filter((url) => !url.startsWith(emulator.address));
    assert.deepEqual(elsewhere, [], 'no other host gets requests');
    assert.ok(requestUrls.length > 10, 'requests are recorded');
  };
  return { page, consoleMessages, check, close: () => context.close() };
}

/** A capping definition. */
export const capping = (url, calls, service = 'action') => ({
  url,
  methods: ['GET', 'POST'],
  services: { [service]: { maxHttpConnections: 50, rating: { maxCallsCount: calls, periodInMs: 1000 } } },
});

/** Creates one capping configuration per state, a throttling configuration, and a request log with notes. */
export async function seedEmulator(emulator) {
  await emulator.control('PUT', '/clock', { speed: 0, nowMillis: Date.UTC(2026, 10, 24, 9, 30) });
  const create = async (definition, headers) =>
    (await emulator.call('POST', '/endpointConfigs', definition, headers)).body.uid;
  const weather = await create(capping('https://api.example.org/weather/*', 500));
  const loyalty = await create(capping('https://loyalty.example.com/v2/points/*', 120));
  await create({ ...capping('https://sms.example.net/send', 40), retries: 3 });
  await create(capping('https://api.example.org/*', 10), { 'x-sandbox-name': 'dev' });
  await emulator.call('POST', `/endpointConfigs/${loyalty}/deploy`);
  await emulator.call('POST', `/endpointConfigs/${weather}/deploy`);
  const throttling = { name: 'CRM', urlPattern: 'https://crm.example.com/*', methods: ['POST'], maxThroughput: 400 };
  const { body } = await emulator.call('POST', '/throttlingConfigs', throttling);
  await emulator.call('POST', `/throttlingConfigs/${body.uid}/deploy`);
  await emulator.control('POST', '/clock/advance', { seconds: 754 });
  await emulator.call('PUT', `/endpointConfigs/${weather}`, {
    ...capping('https://api.example.org/weather/*', 800),
    methods: ['GET'],
  });
  await emulator.call('POST', '/list/endpointConfigs', {});
  await emulator.call('GET', `/endpointConfigs/${weather}`, undefined, { 'x-emulator-fault': 'gateway:401013' });
  await emulator.call('GET', '/endpointConfig');
  await emulator.call('POST', `/endpointConfigs/${weather}/deploy`, undefined, { 'x-emulator-fault': 'lost:504' });
  await emulator.call('PUT', `/endpointConfigs/${weather}`, {
    ...capping('https://api.example.org/weather/*', 950),
    methods: ['GET'],
  });
  await emulator.control('POST', '/faults', { at: 'capping.deploy', when: 'first:2', fault: 'busy:30' });
  return { weather, loyalty };
}

export const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
