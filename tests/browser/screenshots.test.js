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
    await compare(t, name, page, await page.screenshot({ animations: 'disabled', caret: 'hide', ...hidden }));
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
    await compare(t, `traffic-${name}`, page, await page.locator('#traffic').screenshot({ animations: 'disabled', caret: 'hide' }));
    check();
    await close();
  });
}

/** Compares an image with the reviewed one, or writes it. */
async function compare(t, name, page, image) {
  const actual = reduceColors(PNG.sync.read(image));
  const fonts = await page.evaluate(measureFonts);
  const file = new URL(`${name}.png`, folder);
  if (process.env.UPDATE || !existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, encode(actual));
    writeFileSync(fontsFile, `${JSON.stringify(fonts)}\n`);
    t.diagnostic(`wrote ${file.pathname}: please review it`);
    return;
  }
  const expected = PNG.sync.read(readFileSync(file));
  const sameFonts = JSON.stringify(fonts) === readFileSync(fontsFile, 'utf8').trim();
  // Other fonts wrap lines differently, and so an element has another height.
  if (sameFonts) assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
  const [width, height] = [Math.min(actual.width, expected.width), Math.min(actual.height, expected.height)];
  const difference = new PNG({ width, height });
  const pixels = pixelmatch(crop(expected, width, height), crop(actual, width, height), difference.data, width, height, { threshold: 0.2 });
  const share = pixels / (width * height);
  t.diagnostic(`${(share * 100).toFixed(2)} % differ, with ${sameFonts ? 'the same' : 'other'} fonts`);
  if (share > (sameFonts ? SAME_FONTS : OTHER_FONTS)) {
    mkdirSync(actualFolder, { recursive: true });
    writeFileSync(new URL(`${name}.png`, actualFolder), encode(actual));
    writeFileSync(new URL(`${name}.difference.png`, actualFolder), PNG.sync.write(difference));
    assert.fail(`${(share * 100).toFixed(2)} % of the pixels differ; see ${actualFolder.pathname}`);
  }
}

/** The pixels of the top left part. */
function crop(image, width, height) {
  const part = new PNG({ width, height });
  PNG.bitblt(image, part, 0, 0, width, height, 0, 0);
  return part.data;
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
