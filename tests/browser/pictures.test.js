// Compares the web UI with its pictures in the documentation. `UPDATE=1` writes new ones, which need a review too.

import { after, before, test } from 'node:test';

import { compareImage } from './compare-image.js';
import { openPage, seedEmulator, startBrowser, startEmulator } from './support.js';

const folder = new URL('../../docs/pictures/', import.meta.url);

let browser;
let emulator;
let uid;
before(async () => {
  [browser, emulator] = await Promise.all([startBrowser(), startEmulator()]);
  ({ weather: uid } = await seedEmulator(emulator));
});
after(() => Promise.all([browser.close(), emulator.stop()]));

for (const [name, dark] of [['web-ui-light', false], ['web-ui-dark', true]]) {
  test(`${name} shows the web UI of today`, async (t) => {
    const { page, check, close } = await openPage(browser, emulator, { height: 720, dark });
    await page.locator(`[data-uid="${uid}"]`).click();
    await page.locator('.diagram [data-state=updated].on').waitFor();
    await page.mouse.move(5, 5);
    // A picture with a version would be stale after each release.
    await page.locator('#version').evaluate((element) => element.replaceChildren());
    await compareImage(t, folder, name, page, await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    check();
    await close();
  });
}
