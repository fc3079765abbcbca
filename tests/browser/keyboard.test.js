// A person without a mouse.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { fill, open, startBrowser, startEmulator } from './support.js';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const focused = (page) =>
  page.evaluate(() => {
    const { id, tagName, dataset, textContent } = document.activeElement;
    return id || dataset.uid || (tagName === 'BODY' ? '' : textContent.trim());
  });

test('everything is reached and used with the keyboard alone', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { weather, loyalty } = await fill(emulator);
  const { page, check, close } = await open(browser, emulator);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  await page.locator(`[data-uid="${weather}"]`).waitFor();

  await t.test('Tab visits each control once, in the order of the page, and shows where it is', async () => {
    const stops = [];
    for (let stop = 0; stop < 40; stop += 1) {
      await press('Tab');
      const at = await focused(page);
      if (at === '') break;
      stops.push(at);
      const { style, width } = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return { style: outlineStyle, width: parseFloat(outlineWidth) };
      });
      assert.ok(style !== 'none' && width >= 2, `the focus on ${at} is seen`);
    }
    const first = await page.locator('#config-list button').first().getAttribute('data-uid');
    assert.deepEqual(stops, [
      'Skip to the selected configuration', 'organization', first, 'changes-only', 'calls',
      'Freeze', 'Run', '× 60', '+ 1 min', '+ 1 h', '+ 24 h',
      'fault-at', 'fault-when', 'fault-what', 'Add fault', 'remove-faults', 'switches-count', 'reset', 'traffic-pattern', 'traffic-window', 'Play',
    ]);
  });

  await t.test('the arrows walk the list, Enter selects, and the focus stays', async () => {
    await page.locator('#config-list button[tabindex="0"]').focus();
    await press('ArrowDown');
    assert.equal(await focused(page), weather);
    await press('ArrowDown');
    assert.equal(await focused(page), loyalty);
    await press('Enter');
    await page.locator('#detail-title', { hasText: 'loyalty.example.com' }).waitFor();
    assert.equal(await focused(page), loyalty);
    // A change redraws the list under the focus.
    await emulator.call('POST', `/endpointConfigs/${loyalty}/undeploy`);
    await page.locator('.diagram [data-state=created].on').waitFor();
    assert.equal(await focused(page), loyalty);
    await press('End', 'Home', 'ArrowDown', 'Space');
    await page.locator('#detail-title', { hasText: 'weather' }).waitFor();
  });

  await t.test('the link at the top skips the list', async () => {
    await page.locator('.skip').focus();
    await press('Enter');
    assert.equal(await focused(page), 'detail');
    await press('Tab');
    assert.equal(await focused(page), 'changes-only');
    await press('Space');
    assert.equal(await page.locator('#changes-only').isChecked(), true);
  });

  await t.test('a fault is set with Enter and removed', async () => {
    await page.locator('#fault-what').focus();
    await page.keyboard.type('drop_before');
    await press('Enter');
    await page.locator('#faults li', { hasText: 'drop_before' }).waitFor();
    await page.locator('#remove-faults').focus();
    await press('Enter');
    await page.getByText('None: every call is answered').waitFor();
  });

  await t.test('a switch is opened and turned', async () => {
    await page.locator('summary').focus();
    await press('Enter', 'Tab');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'can_deploy_method');
    await press('ArrowDown');
    await page.getByText('14 switches, 1 turned').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'can_deploy_method');
  });

  await t.test('the reset starts on Cancel, Escape leaves it, and the focus comes back', async () => {
    await page.locator('#reset').focus();
    await press('Enter');
    assert.equal(await focused(page), 'Cancel');
    await press('Escape');
    assert.equal(await focused(page), 'reset');
    assert.equal(await page.locator('#config-list button').count(), 5);
    await press('Enter', 'Tab', 'Enter');
    await page.getByText('None yet. Create one:').waitFor();
  });

  check();
  await close();
});
