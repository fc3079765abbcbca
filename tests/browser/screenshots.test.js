// Compares the web UI with reviewed screenshots. `UPDATE=1` writes new ones, which need a review too.

import { after, before, test } from 'node:test';

import { compareImage } from './compare-image.js';
import { seedEmulator, openPage, startBrowser, startEmulator } from './support.js';

const folder = new URL('./screenshots/', import.meta.url);

let browser;
let emulator;
let uid;
before(async () => {
  [browser, emulator] = await Promise.all([startBrowser(), startEmulator()]);
  ({ weather: uid } = await seedEmulator(emulator));
});
after(() => Promise.all([browser.close(), emulator.stop()]));

const SIZES = [
  ['light', { height: 820 }],
  ['dark', { height: 820, dark: true }],
  ['phone', { width: 360, height: 1000 }],
];

for (const [name, options] of SIZES) {
  test(`${name} matches its screenshot`, async (t) => {
    const { page, check, close } = await openPage(browser, emulator, options);
    await page.locator(`[data-uid="${uid}"]`).click();
    await page.locator('.diagram [data-state=updated].on').waitFor();
    await page.locator('#calls > li').nth(13).waitFor({ state: 'attached' });
    if (name !== 'phone') await page.mouse.move(5, 5);
    // The clock is frozen and identifiers come from a seed, but the version changes.
    const hidden = { mask: [page.locator('#version')], maskColor: '#888' };
    await compareImage(t, folder, name, page, await page.screenshot({ animations: 'disabled', caret: 'hide', ...hidden }));
    check();
    await close();
  });

  test(`traffic in ${name} matches its screenshot`, async (t) => {
    const { page, check, close } = await openPage(browser, emulator, options);
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.locator('#config-list button', { hasText: 'crm.example.com' }).click();
    await page.locator('#traffic-pattern').fill('100x60,1500x60,100x300');
    await page.locator('#traffic-latency').fill('p50=80,p95=300,p99=900');
    await page.locator('#traffic-failures').fill('0.2');
    await page.locator('#traffic-servers').fill('40');
    await page.locator('#traffic-form button').click();
    await page.locator('.totals').waitFor();
    await compareImage(t, folder, `traffic-${name}`, page, await page.locator('#traffic').screenshot({ animations: 'disabled', caret: 'hide' }));
    check();
    await close();
  });
}
