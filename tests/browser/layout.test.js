// Layout in several widths and color schemes: nothing overflows, and all text is readable.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { seedEmulator, openPage, startBrowser, startEmulator } from './support.js';

let browser;
let emulator;
let empty;
before(async () => {
  [browser, emulator, empty] = await Promise.all([startBrowser(), startEmulator(), startEmulator('look-only')]);
  const { weather } = await seedEmulator(emulator);
  const long = { url: `https://api.example.org/${'long'.repeat(60)}/*`, methods: ['GET'], services: {} };
  await emulator.call('POST', '/endpointConfigs', long);
  await emulator.call('GET', `/endpointConfigs/${'x'.repeat(150)}`);
  await emulator.call('DELETE', `/endpointConfigs/${weather}?${'y'.repeat(50)}=1`);
});
after(() => Promise.all([browser.close(), emulator.stop(), empty.stop()]));

for (const width of [320, 360, 701, 1100, 1280, 1920]) {
  test(`nothing overflows at ${width} px`, async () => {
    for (const [started, name] of [[emulator, 'full'], [empty, 'empty']]) {
      const { page, check, close } = await openPage(browser, started, { width });
      await page.locator('summary').first().click();
      const wide = await page.evaluate(() => {
        const [width, root] = [document.documentElement.clientWidth, document.documentElement];
        const over = [...document.querySelectorAll('body *:not(.unseen, .skip, datalist *, option)')]
          .filter((element) => element.getBoundingClientRect().right > width + 0.5)
          .map((element) => `${element.tagName}.${element.className}`);
        return { scrolls: root.scrollWidth > width, over };
      });
      assert.deepEqual(wide, { scrolls: false, over: [] }, name);
      check();
      await close();
    }
  });
}

for (const width of [320, 360, 701, 1100, 1280]) {
  test(`simulation fits at ${width} px`, async () => {
    const { page, check, close } = await openPage(browser, emulator, { width });
    await simulate(page);
    const over = await page.evaluate(() => {
      const right = document.querySelector('#traffic').getBoundingClientRect().right;
      const all = [...document.querySelectorAll('#traffic-result *')];
      return all.filter((element) => element.getBoundingClientRect().right > right + 0.5).map((element) => element.outerHTML.slice(0, 80));
    });
    assert.deepEqual(over, []);
    check();
    await close();
  });
}

test('phone: selection scrolls into view, controls are large', async () => {
  const { page, check, close } = await openPage(browser, emulator, { width: 360, height: 740 });
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
  test(`text contrast is sufficient in ${dark ? 'dark' : 'light'}`, async () => {
    const { page, check, close } = await openPage(browser, emulator, { dark });
    await page.locator('#config-list button').nth(1).click();
    await page.locator('summary').click();
    await page.getByLabel('Effect').fill('explode');
    await page.getByRole('button', { name: 'Add fault' }).click();
    await page.getByRole('alert').waitFor();
    const configs = await page.evaluate(measureContrast);
    await simulate(page);
    await page.locator('.assumptions summary').click();
    const traffic = await page.evaluate(measureContrast);
    assert.deepEqual([...configs.faint, ...traffic.faint], []);
    assert.ok(configs.checked > 60 && traffic.checked > 60, `${configs.checked} and ${traffic.checked} elements were checked`);
    await close();
  });
}

test('traffic has the width of the window', async () => {
  const { page, check, close } = await openPage(browser, emulator, { height: 820 });
  await simulate(page);
  const { y, width, height } = await page.locator('#traffic-result figure').boundingBox();
  assert.ok(width > 500 && y < 420, `${width} ${y} ${height}`);
  const card = await page.locator('#traffic').boundingBox();
  assert.ok(card.width > 900 && card.y < 100, JSON.stringify(card));
  check();
  await close();
});

/** Simulates throttled traffic that waits, fails, and times out. */
async function simulate(page) {
  await page.getByRole('link', { name: 'Traffic' }).click();
  await page.locator('#config-list button', { hasText: 'crm.example.com' }).click();
  await page.locator('#traffic-pattern').fill('100x60,1500x60,100x300');
  await page.locator('#traffic-latency').fill('500');
  await page.locator('#traffic-failures').fill('0.2');
  await page.locator('#traffic-form button').click();
  await page.locator('#traffic-result .totals').waitFor();
}

/** Runs in the browser. WCAG 2.2, level AA: at least 4.5 to 1 for text. */
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
  let checked = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || !element.checkVisibility() || element.closest('.unseen, .skip, noscript, title')) continue;
    checked += 1;
    const svg = element.closest('svg');
    const chosen = element.closest('.state.on');
    const front = svg ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const back = chosen ? getComputedStyle(chosen.querySelector('rect')).fill : ground(svg ?? element);
    const [light, dark] = [luminance(front), luminance(back)].sort((one, other) => other - one);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${element.className} ${texts.currentNode.data}`);
  }
  return { faint, checked };
}

test('HEAD works and the policy forbids frames and forms', async () => {
  const response = await fetch(emulator.address, { method: 'HEAD' });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-security-policy'), /default-src 'none'.*form-action 'none'; frame-ancestors 'none'/);
  assert.ok(Number(response.headers.get('content-length')) > 1000);
});
