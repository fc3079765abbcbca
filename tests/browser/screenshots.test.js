// The page against what somebody looked at and found good. `UPDATE=1` takes new screenshots, to be looked at as well.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

import { fill, open, startBrowser, startEmulator } from './support.js';

/** How much may differ, as a share of all pixels: with the fonts of the screenshots, and with others, which break lines elsewhere. */
const SAME_FONTS = 0.02;
const OTHER_FONTS = 0.25;

const folder = new URL('./screenshots/', import.meta.url);
const seen = new URL('./seen/', import.meta.url);
const fontsFile = new URL('fonts.json', folder);

let browser;
let emulator;
let uid;
before(async () => {
  [browser, emulator] = await Promise.all([startBrowser(), startEmulator()]);
  ({ weather: uid } = await fill(emulator));
});
after(() => Promise.all([browser.close(), emulator.stop()]));

for (const [name, options] of [
  ['light', { height: 820 }],
  ['dark', { height: 820, dark: true }],
  ['phone', { width: 360, height: 1000 }],
]) {
  test(`${name} looks as it did`, async (t) => {
    const { page, check, close } = await open(browser, emulator, options);
    await page.locator(`[data-uid="${uid}"]`).click();
    await page.locator('.diagram [data-state=updated].on').waitFor();
    await page.locator('#calls > li').nth(13).waitFor({ state: 'attached' });
    if (name !== 'phone') await page.mouse.move(5, 5);
    // Times stand still, and identifiers come from a seed; the version changes.
    const hidden = { mask: [page.locator('#version')], maskColor: '#888' };
    const is = coarse(PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide', ...hidden })));
    const fonts = await page.evaluate(measureFonts);
    check();
    await close();

    const file = new URL(`${name}.png`, folder);
    if (process.env.UPDATE || !existsSync(file)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, small(is));
      writeFileSync(fontsFile, `${JSON.stringify(fonts)}\n`);
      t.diagnostic(`wrote ${file.pathname}: look at it`);
      return;
    }
    const was = PNG.sync.read(readFileSync(file));
    assert.deepEqual([is.width, is.height], [was.width, was.height]);
    const difference = new PNG({ width: is.width, height: is.height });
    const pixels = pixelmatch(was.data, is.data, difference.data, is.width, is.height, { threshold: 0.2 });
    const share = pixels / (is.width * is.height);
    const sameFonts = JSON.stringify(fonts) === readFileSync(fontsFile, 'utf8').trim();
    t.diagnostic(`${(share * 100).toFixed(2)} % differ, with ${sameFonts ? 'the same' : 'other'} fonts`);
    if (share > (sameFonts ? SAME_FONTS : OTHER_FONTS)) {
      mkdirSync(seen, { recursive: true });
      writeFileSync(new URL(`${name}.png`, seen), small(is));
      writeFileSync(new URL(`${name}.difference.png`, seen), PNG.sync.write(difference));
      assert.fail(`${(share * 100).toFixed(2)} % of the pixels differ; see ${seen.pathname}`);
    }
  });
}

/** With 32 levels of each color a picture needs half the room, and nobody sees the difference. */
function coarse(picture) {
  picture.data.forEach((value, index) => { picture.data[index] = index % 4 === 3 ? 255 : value & 0xf8; });
  return picture;
}

const small = (picture) => PNG.sync.write(picture, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 });

/** Runs in the page: widths by which two sets of fonts can be told apart. */
function measureFonts() {
  const pen = document.createElement('canvas').getContext('2d');
  return ['system-ui', 'ui-monospace, monospace'].map((family) => {
    pen.font = `100px ${family}`;
    return Math.round(pen.measureText('Configurations: saved ≠ deployed ● ◐ ○ 0123456789').width);
  });
}
