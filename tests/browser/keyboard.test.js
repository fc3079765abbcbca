// Tests with the keyboard only.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { seedEmulator, openPage, startBrowser, startEmulator } from './support.js';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const focused = (page) =>
  page.evaluate(() => {
    const { id, tagName, dataset, textContent } = document.activeElement;
    return id || dataset.uid || (tagName === 'BODY' ? '' : textContent.trim());
  });

test('everything works with the keyboard', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { weather, loyalty } = await seedEmulator(emulator);
  const { page, check, close } = await openPage(browser, emulator);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  await page.locator(`[data-uid="${weather}"]`).waitFor();

  await t.test('Tab visits each control once and shows the focus', async () => {
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
      assert.ok(style !== 'none' && width >= 2, `the focus on ${at} is visible`);
    }
    const first = await page.locator('#config-list button').first().getAttribute('data-uid');
    assert.deepEqual(stops, [
      'skip', 'Configurations', 'Traffic', 'organization', first, 'changes-only', 'calls',
      'Freeze', 'Run', '× 60', '+ 1 min', '+ 1 h', '+ 24 h',
      'fault-at', 'fault-when', 'fault-what', 'Add fault', 'remove-faults', 'quirks-count', 'reset',
    ]);
  });

  await t.test('arrows move, Enter selects, focus is preserved', async () => {
    await page.locator('#config-list button[tabindex="0"]').focus();
    await press('ArrowDown');
    assert.equal(await focused(page), weather);
    await press('ArrowDown');
    assert.equal(await focused(page), loyalty);
    await press('Enter');
    await page.locator('#detail-title', { hasText: 'loyalty.example.com' }).waitFor();
    assert.equal(await focused(page), loyalty);
    // A change redraws the list with the focused button.
    await emulator.call('POST', `/endpointConfigs/${loyalty}/undeploy`);
    await page.locator('.diagram [data-state=created].on').waitFor();
    assert.equal(await focused(page), loyalty);
    await press('End', 'Home', 'ArrowDown', 'Space');
    await page.locator('#detail-title', { hasText: 'weather' }).waitFor();
  });

  await t.test('skip link jumps to the detail', async () => {
    await page.locator('.skip').focus();
    await press('Enter');
    assert.equal(await focused(page), 'detail');
    await press('Tab');
    assert.equal(await focused(page), 'changes-only');
    await press('Space');
    assert.equal(await page.locator('#changes-only').isChecked(), true);
  });

  await t.test('fault is added and removed', async () => {
    await page.locator('#fault-what').focus();
    await page.keyboard.type('drop_before');
    await press('Enter');
    await page.locator('#faults li', { hasText: 'drop_before' }).waitFor();
    await page.locator('#remove-faults').focus();
    await press('Enter');
    await page.getByText('None: calls behave like the service.').waitFor();
  });

  await t.test('quirk is changed', async () => {
    await page.locator('summary').focus();
    await press('Enter', 'Tab');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'can_deploy_method');
    await press('ArrowDown');
    await page.getByText(/^\d+ quirks, 1 changed$/).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.name), 'can_deploy_method');
  });

  await t.test('traffic is simulated', async () => {
    await page.locator('#views a').last().focus();
    await press('Enter');
    await page.locator('#traffic').waitFor();
    await page.locator('.skip').focus();
    await press('Enter');
    assert.equal(await focused(page), 'traffic');
    const stops = [];
    for (let stop = 0; stop < 9; stop += 1) {
      await press('Tab');
      stops.push(await focused(page));
    }
    assert.deepEqual(stops, [
      'traffic-pattern', 'traffic-latency', 'traffic-failures', 'traffic-servers', 'traffic-capacity', 'traffic-connections',
      'traffic-window', 'traffic-mode', 'Simulate',
    ]);
    await press('Enter');
    await page.locator('#traffic-result .totals').waitFor();
    await page.locator('#views a').first().focus();
    await press('Enter');
    await page.locator('#reset').waitFor();
  });

  await t.test('reset dialog starts on Cancel and returns the focus', async () => {
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
