// A person with a mouse, while a client calls the emulator.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { capping, open, startBrowser, startEmulator, wait } from './support.js';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const texts = async (locator) => (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

test('what a client does is seen, and what is done on the page is felt by the client', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await open(browser, emulator);

  await t.test('an empty emulator says what to type', async () => {
    await page.getByText('None yet. Create one:').waitFor();
    assert.match(await page.locator('#config-list pre').innerText(), /^curl http:\/\/127\.0\.0\.1:\d+\/journey\/orchestration\/endpointConfigs -d /);
    await page.getByText('No calls yet.').waitFor();
  });

  const path = (uid, rest = '') => `/endpointConfigs/${uid}${rest}`;
  const first = await emulator.call('POST', '/endpointConfigs', { ...capping('https://a.example.org/*', 500), maxCals: 1 });
  const second = await emulator.call('POST', '/endpointConfigs', capping('https://b.example.org/*', 100));
  const [a, b] = [first.body.uid, second.body.uid];

  await t.test('a new configuration appears, and the journal says what nothing read', async () => {
    await page.locator(`#config-list [data-uid="${b}"]`).waitFor();
    assert.equal(await page.locator('#config-list button').count(), 2);
    const call = page.locator('#calls > li').last();
    assert.deepEqual(await texts(call.locator('.status, .operation')), ['200', 'capping.create prod']);
    assert.deepEqual(await texts(call.locator('.remarks li')), ['nothing read /maxCals']);
  });

  await t.test('the selected one shows its state and the ways from there', async () => {
    await page.locator(`#config-list [data-uid="${b}"]`).click();
    await page.locator('#detail-title', { hasText: 'https://b.example.org/*' }).waitFor();
    assert.match(await page.locator('.diagram title').innerHTML(), /it is created; from here lead update, deploy, delete/);
    assert.equal(await page.locator('.diagram .state.on').getAttribute('data-state'), 'created');
    assert.match(await page.locator('.comparison caption').innerText(), /nothing is deployed/);
  });

  await t.test('after a deployment and an update the fields that differ are marked', async () => {
    await emulator.call('POST', path(b, '/deploy'));
    await page.locator('.diagram [data-state=deployed].on').waitFor();
    assert.equal(await page.locator('.comparison tr.differs').count(), 0);
    await emulator.call('PUT', path(b), capping('https://b.example.org/*', 250));
    await page.locator('.diagram [data-state=updated].on').waitFor();
    assert.deepEqual(await texts(page.locator('.comparison tr.differs')), ['≠ differs: services.dataSource.rating.maxCallsCount 250 100']);
    await page.getByText('An earlier definition is still in force.').waitFor();
    assert.match(await page.locator(`[data-uid="${b}"]`).innerText(), /updated\s+≠ differs from deployed/);
    const newest = page.locator('#calls > li').first();
    assert.deepEqual(await texts(newest.locator('.status, .operation, .path')), ['200', 'capping.update prod', `PUT ${path(b)}`]);
  });

  await t.test('the journal can be narrowed down to changes', async () => {
    await emulator.call('GET', path(a));
    await emulator.call('GET', '/endpointConfig');
    const remark = page.locator('#calls .closest');
    await remark.waitFor();
    assert.equal(await remark.innerText(), 'closest path /journey/orchestration/endpointConfigs');
    assert.equal(await page.locator('#calls > li').count(), 6);
    await page.getByLabel('Changes only').check();
    await remark.waitFor({ state: 'detached' });
    await page.locator('#calls > li').nth(3).waitFor();
    assert.equal(await page.locator('#calls > li').count(), 4);
    await page.getByLabel('Changes only').uncheck();
    await remark.waitFor();
  });

  await t.test('a fault that is set on the page makes a call fail until it is removed', async () => {
    const form = page.locator('#fault-form');
    await form.getByLabel('Where').fill('capping.get');
    await form.getByLabel('What happens').fill('service:4000');
    await form.getByRole('button', { name: 'Add fault' }).click();
    await page.locator('#faults li').waitFor();
    assert.deepEqual(await texts(page.locator('#faults li')), ['service:4000 always at capping.get']);
    assert.equal((await emulator.call('GET', path(a))).status, 500);
    await page.locator('#calls .fault', { hasText: 'fault service:4000' }).waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('None: every call is answered').waitFor();
    assert.equal((await emulator.call('GET', path(a))).status, 200);
  });

  await t.test('the names of all parts of a fault are offered', async () => {
    await page.locator('#fault-what-names option[value="gateway:401013"]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('#fault-at-names option[value="throttling.undeploy"]').count(), 1);
    assert.equal(await page.locator('#fault-when-names option').count(), 4);
  });

  await t.test('the clock stands still, goes on in steps and runs again', async () => {
    await page.getByRole('button', { name: 'Freeze' }).click();
    await page.getByText('Frozen: no token expires.').waitFor();
    const clock = async () => (await emulator.control('GET', '/clock')).body;
    const { nowMillis } = await clock();
    await page.getByRole('button', { name: '+ 24 h' }).click();
    const later = new Date(nowMillis + 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    await page.locator('#now', { hasText: later }).waitFor();
    await page.getByRole('button', { name: '× 60' }).click();
    await page.getByText('Runs 60 times as fast.').waitFor();
    assert.equal(await page.getByRole('button', { name: '× 60' }).getAttribute('aria-pressed'), 'true');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Runs at the real speed.').waitFor();
    assert.equal((await clock()).speed, 1);
  });

  await t.test('a switch takes another side', async () => {
    await page.locator('summary').click();
    await page.getByLabel('undeploy_idle').selectOption('no_content');
    await page.getByText('14 switches, 1 turned').waitFor();
    assert.equal((await emulator.control('GET', '/switches')).body.undeploy_idle, 'no_content');
  });

  await t.test('traffic is played through what is deployed, and its chart is drawn', async () => {
    await page.locator('#traffic-pattern').fill('1000x10');
    await page.locator('#traffic-form button').click();
    await page.locator('#traffic-result .totals dd').first().waitFor();
    assert.equal(await page.locator('#traffic-result svg.traffic:not(.key) polyline').count(), 4);
    const totals = await page.locator('#traffic-result .totals dd').allTextContents();
    assert.equal(totals[0], '10,000');
    assert.ok(Number(totals[1].replace(',', '')) + Number(totals[2].replace(',', '')) === 10000, totals.join(' '));
  });

  await t.test('another organization has nothing of it', async () => {
    const select = page.getByRole('combobox', { name: 'Organization' });
    const ids = await select.locator('option').allInnerTexts();
    assert.equal(ids.length, 2);
    await select.selectOption(ids.find((id) => id.startsWith('F1')));
    await page.getByText('None yet. Create one:').waitFor();
    await page.getByText('No calls yet.').waitFor();
    assert.match(page.url(), /\?org=F1F1/);
    await select.selectOption(ids.find((id) => id.startsWith('E0')));
    await page.locator(`#config-list [data-uid="${a}"]`).waitFor();
  });

  await t.test('a reset asks first, and empties everything', async () => {
    await page.getByRole('button', { name: 'Reset…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await page.locator('#config-list button').count(), 2);
    await page.getByRole('button', { name: 'Reset…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('None yet. Create one:').waitFor();
    await page.getByText('No calls yet.').waitFor();
    assert.equal((await emulator.control('GET', '/calls')).body.calls.length, 0);
  });

  check();
  await close();
});

test('without the flag the page shows the same and changes nothing', async (t) => {
  const emulator = await startEmulator('look-only');
  t.after(emulator.stop);
  await emulator.control('POST', '/faults', { at: 'token', fault: 'reset' });
  const { page, check, close } = await open(browser, emulator);
  assert.deepEqual(await texts(page.locator('#faults li')), ['reset always at token']);
  assert.deepEqual(await page.locator('button:visible').allInnerTexts(), ['Play']);
  await page.locator('summary').click();
  assert.equal(await page.locator('#switches select').count(), 0);
  assert.equal(await page.locator('#switches dt').count(), 14);
  check();
  await close();
});

test('what is refused is told in the emulator’s words', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, said, close } = await open(browser, emulator);
  await page.getByLabel('What happens').fill('explode');
  await page.getByRole('button', { name: 'Add fault' }).click();
  const problem = page.getByRole('alert');
  await problem.waitFor();
  assert.match(await problem.innerText(), /`explode` is no fault; expected one of gateway:CODE/);
  // The browser itself notes a refused request; the page adds nothing.
  assert.deepEqual(said, ['error: Failed to load resource: the server responded with a status of 400 (Bad Request)']);
  await page.getByLabel('What happens').fill('garbage');
  await page.getByRole('button', { name: 'Add fault' }).click();
  await problem.waitFor({ state: 'hidden' });
  await close();
});

test('among hundreds of configurations one is found', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  for (let number = 1; number <= 230; number += 1) {
    await emulator.call('POST', '/endpointConfigs', capping(`https://host-${number}.example.org/*`, number));
  }
  const { page, check, close } = await open(browser, emulator);
  await page.getByText('200 of 230 are shown').waitFor();
  assert.equal(await page.locator('#calls > li').count(), 200);
  await page.getByLabel('Find by URL or uid').fill('host-229.');
  await page.locator('#detail-title', { hasText: 'host-229' }).waitFor();
  assert.equal(await page.locator('#config-list button').count(), 1);
  assert.equal(await page.locator('#config-rest').isVisible(), false);
  await page.getByLabel('Find by URL or uid').fill('nowhere');
  await page.getByText('Nothing selected').waitFor();
  check();
  await close();
});

test('where a token is needed, an empty emulator says how to come by the settings', async (t) => {
  const emulator = await startEmulator('strict');
  t.after(emulator.stop);
  const { page, check, close } = await open(browser, emulator);
  const [settings, command] = (await page.locator('#config-list pre').innerText()).split('\n');
  assert.equal(settings, `eval "$(ajo emulator env --at ${new URL(emulator.address).origin})"`);
  assert.match(command, /^echo '\{ "url": .* \}' \| ajo capping create -$/);
  check();
  await close();
});

test('an organization that is not there gives way to the first', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await open(browser, emulator, { path: '?org=GONE@AdobeOrg' });
  assert.match(await page.locator('#organization').inputValue(), /^E0E0/);
  assert.match(page.url(), /\?org=E0E0/);
  check();
  await close();
});

test('text of a client is shown as text', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await open(browser, emulator);
  const url = 'https://x.example.org/<img src=x onerror=alert(1)>';
  await emulator.call('POST', '/endpointConfigs', { ...capping(url, 5), '<b>bold</b>': 1 });
  await page.locator('#detail-title', { hasText: '<img src=x onerror=alert(1)>' }).waitFor();
  await page.locator('#calls .unread', { hasText: '<b>bold<~1b>' }).waitFor();
  assert.equal(await page.locator('main img, main b').count(), 0);
  check();
  await close();
});

test('a hidden tab asks nothing, and looks again when it is shown', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await open(browser, emulator);
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  // A look that is under way ends first.
  await wait(1500);
  let asked = 0;
  page.on('request', () => { asked += 1; });
  await wait(2500);
  assert.equal(asked, 0);
  await emulator.call('POST', '/endpointConfigs', capping('https://a.example.org/*', 1));
  await hide(false);
  await page.locator('#config-list button').waitFor();
  check();
  await close();
});

test('an emulator that is gone is said to be gone', async () => {
  const emulator = await startEmulator();
  const { page, close } = await open(browser, emulator);
  emulator.stop();
  await page.getByText('The emulator does not answer.').waitFor();
  await close();
});
