// Compares the web UI with reviewed screenshots. `UPDATE=1` writes new ones, which need a review too.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

import { seedEmulator, openPage, startBrowser, startEmulator } from './support.js';

/** Maximum share of different pixels, with the fonts of the screenshots and with others, which wrap lines differently. */
const SAME_FONTS = 0.02;
const OTHER_FONTS = 0.25;

const folder = new URL('./screenshots/', import.meta.url);
const actualFolder = new URL('./actual/', import.meta.url);
const fontsFile = new URL('fonts.json', folder);

let browser;
let emulator;
let uid;
before(async () => {
  [browser, emulator] = await Promise.all([startBrowser(), startEmulator()]);
  ({ weather: uid } = await seedEmulator(emulator));
});
after(() => Promise.all([browser.close(), emulator.stop()]));

for (const [name, options] of [
  ['light', { height: 820 }],
  ['dark', { height: 820, dark: true }],
  ['phone', { width: 360, height: 1000 }],
]) {
  test(`${name} matches its screenshot`, async (t) => {
    const { page, check, close } = await openPage(browser, emulator, options);
    await page.locator(`[data-uid="${uid}"]`).click();
    await page.locator('.diagram [data-state=updated].on').waitFor();
    await page.locator('#calls > li').nth(13).waitFor({ state: 'attached' });
    if (name !== 'phone') await page.mouse.move(5, 5);
    // The clock is frozen and identifiers come from a seed, but the version changes.
    const hidden = { mask: [page.locator('#version')], maskColor: '#888' };
    const actual = reduceColors(PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide', ...hidden })));
    const fonts = await page.evaluate(measureFonts);
    check();
    await close();

    const file = new URL(`${name}.png`, folder);
    if (process.env.UPDATE || !existsSync(file)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, encode(actual));
      writeFileSync(fontsFile, `${JSON.stringify(fonts)}\n`);
      t.diagnostic(`wrote ${file.pathname}: please review it`);
      return;
    }
    const expected = PNG.sync.read(readFileSync(file));
    assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
    const difference = new PNG({ width: actual.width, height: actual.height });
    const pixels = pixelmatch(expected.data, actual.data, difference.data, actual.width, actual.height, { threshold: 0.2 });
    const share = pixels / (actual.width * actual.height);
    const sameFonts = JSON.stringify(fonts) === readFileSync(fontsFile, 'utf8').trim();
    t.diagnostic(`${(share * 100).toFixed(2)} % differ, with ${sameFonts ? 'the same' : 'other'} fonts`);
    if (share > (sameFonts ? SAME_FONTS : OTHER_FONTS)) {
      mkdirSync(actualFolder, { recursive: true });
      writeFileSync(new URL(`${name}.png`, actualFolder), encode(actual));
      writeFileSync(new URL(`${name}.difference.png`, actualFolder), PNG.sync.write(difference));
      assert.fail(`${(share * 100).toFixed(2)} % of the pixels differ; see ${actualFolder.pathname}`);
    }
  });
}

/** Reduces colors to 32 levels per channel, which halves the file size and is not visible. */
function reduceColors(image) {
  image.data.forEach((value, index) => { image.data[index] = index % 4 === 3 ? 255 : value & 0xf8; });
  return image;
}

const encode = (image) => PNG.sync.write(image, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 });

/** Runs in the browser: text widths that identify a set of fonts. */
function measureFonts() {
  const canvas = document.createElement('canvas').getContext('2d');
  return ['system-ui', 'ui-monospace, monospace'].map((family) => {
    canvas.font = `100px ${family}`;
    return Math.round(canvas.measureText('Configurations: saved ≠ deployed ● ◐ ○ 0123456789').width);
  });
}
