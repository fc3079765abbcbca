// Narrow and wide, light and dark: nothing is cut off, and everything can be read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fill, open, startBrowser, startEmulator } from './support.js';

let browser;
let emulator;
let empty;
before(async () => {
  [browser, emulator, empty] = await Promise.all([startBrowser(), startEmulator(), startEmulator('look-only')]);
  const { weather } = await fill(emulator);
  const long = { url: `https://api.example.org/${'long'.repeat(60)}/*`, methods: ['GET'], services: {} };
  await emulator.call('POST', '/endpointConfigs', long);
  await emulator.call('GET', `/endpointConfigs/${'x'.repeat(150)}`);
  await emulator.call('DELETE', `/endpointConfigs/${weather}?${'y'.repeat(50)}=1`);
});
after(() => Promise.all([browser.close(), emulator.stop(), empty.stop()]));

for (const width of [320, 360, 701, 1100, 1280, 1920]) {
  test(`at a width of ${width} nothing overflows`, async () => {
    for (const [started, name] of [[emulator, 'full'], [empty, 'empty']]) {
      const { page, check, close } = await open(browser, started, { width });
      await page.locator('summary').click();
      const wide = await page.evaluate(() => {
        const [most, root] = [document.documentElement.clientWidth, document.documentElement];
        const over = [...document.querySelectorAll('body *:not(.unseen, .skip, datalist *, option)')]
          .filter((element) => element.getBoundingClientRect().right > most + 0.5)
          .map((element) => `${element.tagName}.${element.className}`);
        return { scrolls: root.scrollWidth > most, over };
      });
      assert.deepEqual(wide, { scrolls: false, over: [] }, name);
      check();
      await close();
    }
  });
}

test('on a phone a selected configuration comes into view, and controls are large enough to hit', async () => {
  const { page, check, close } = await open(browser, emulator, { width: 360, height: 740 });
  await page.locator('#config-list button').nth(1).click();
  const top = await page.locator('#detail-title').evaluate((element) => element.getBoundingClientRect().top);
  assert.ok(top >= 0 && top < 370, `${top}`);
  for (const control of await page.locator('button:visible, select:visible, input:visible:not([type=checkbox])').all()) {
    const { height } = await control.boundingBox();
    assert.ok(height >= 40, `${height}`);
  }
  check();
  await close();
});

for (const dark of [false, true]) {
  test(`every text has enough contrast in ${dark ? 'dark' : 'light'}`, async () => {
    const { page, check, close } = await open(browser, emulator, { dark });
    await page.locator('#config-list button').nth(1).click();
    await page.locator('summary').click();
    const { faint, looked } = await page.evaluate(measureContrast);
    assert.deepEqual(faint, []);
    assert.ok(looked > 60, `${looked} texts were looked at`);
    check();
    await close();
  });
}

/** Runs in the page. WCAG 2.2, level AA: 4.5 to 1 for text. */
function measureContrast() {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parts(color)
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return (parts(backgroundColor)[3] ?? 1) > 0 ? backgroundColor : ground(element.parentElement);
  };
  const faint = [];
  let looked = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || !element.checkVisibility() || element.closest('.unseen, .skip, noscript, title')) continue;
    looked += 1;
    const svg = element.closest('svg');
    const chosen = element.closest('.state.on');
    const front = svg ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const back = chosen ? getComputedStyle(chosen.querySelector('rect')).fill : ground(svg ?? element);
    const [light, dark] = [luminance(front), luminance(back)].sort((one, other) => other - one);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${element.className} ${texts.currentNode.data}`);
  }
  return { faint, looked };
}

test('the page answers HEAD, and takes neither a frame nor a form elsewhere', async () => {
  const answer = await fetch(emulator.address, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-security-policy'), /default-src 'none'.*form-action 'none'; frame-ancestors 'none'/);
  assert.ok(Number(answer.headers.get('content-length')) > 1000);
});
