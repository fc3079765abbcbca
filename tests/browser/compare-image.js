// Compares images pixel by pixel with reviewed ones.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** Maximum share of different pixels, with the fonts of the screenshots and with others, which wrap lines differently. */
const SAME_FONTS = 0.02;
const OTHER_FONTS = 0.25;

const actualFolder = new URL('./actual/', import.meta.url);

/** Compares an image with the reviewed one, or writes it. */
export async function compareImage(t, folder, name, page, image) {
  const actual = reduceColors(PNG.sync.read(image));
  const fonts = await page.evaluate(measureFonts);
  const file = new URL(`${name}.png`, folder);
  // The fonts of the machine that wrote the images.
  const fontsFile = new URL('fonts.json', folder);
  if (process.env.UPDATE) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, encode(actual));
    writeFileSync(fontsFile, `${JSON.stringify(fonts)}\n`);
    t.diagnostic(`wrote ${file.pathname}: please review it`);
    return;
  }
  assert.ok(existsSync(file), `${file.pathname} does not exist: write it with UPDATE=1`);
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
