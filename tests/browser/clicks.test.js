// Tests with the mouse, while a client calls the emulator.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { capping, openPage, startBrowser, startEmulator, wait } from './support.js';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

const texts = async (locator) => (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

test('UI and client see each other’s changes', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await openPage(browser, emulator);

  await t.test('empty emulator shows an example command', async () => {
    await page.getByText('None yet. Create one:').waitFor();
    assert.match(await page.locator('#config-list pre').innerText(), /^curl http:\/\/127\.0\.0\.1:\d+\/journey\/orchestration\/endpointConfigs -d /);
    await page.getByText('No calls yet.').waitFor();
  });

  const path = (uid, rest = '') => `/endpointConfigs/${uid}${rest}`;
  const first = await emulator.call('POST', '/endpointConfigs', { ...capping('https://a.example.org/*', 500), maxCals: 1 });
  const second = await emulator.call('POST', '/endpointConfigs', capping('https://b.example.org/*', 100));
  const [a, b] = [first.body.uid, second.body.uid];

  await t.test('new configuration and unknown field appear', async () => {
    await page.locator(`#config-list [data-uid="${b}"]`).waitFor();
    assert.equal(await page.locator('#config-list button').count(), 2);
    const call = page.locator('#calls > li').last();
    assert.deepEqual(await texts(call.locator('.status, .operation')), ['200', 'capping.create prod']);
    assert.deepEqual(await texts(call.locator('.notes li')), ['unknown fields /maxCals']);
  });

  await t.test('selection shows state and operations', async () => {
    await page.locator(`#config-list [data-uid="${b}"]`).click();
    await page.locator('#detail-title', { hasText: 'https://b.example.org/*' }).waitFor();
    assert.match(await page.locator('.diagram title').innerHTML(), /state created; possible operations: update, deploy, delete/);
    assert.equal(await page.locator('.diagram .state.on').getAttribute('data-state'), 'created');
    assert.match(await page.locator('.comparison caption').innerText(), /nothing is deployed/);
  });

  await t.test('fields that differ from the deployed ones are marked', async () => {
    await emulator.call('POST', path(b, '/deploy'));
    await page.locator('.diagram [data-state=deployed].on').waitFor();
    assert.equal(await page.locator('.comparison tr.differs').count(), 0);
    await emulator.call('PUT', path(b), capping('https://b.example.org/*', 250));
    await page.locator('.diagram [data-state=updated].on').waitFor();
    assert.deepEqual(await texts(page.locator('.comparison tr.differs')), ['≠ differs: services.action.rating.maxCallsCount 250 100']);
    await page.getByText('An earlier definition is still live.').waitFor();
    assert.match(await page.locator(`[data-uid="${b}"]`).innerText(), /updated\s+GET, POST\s+action 250\/s\s+≠ differs from deployed/);
    const newest = page.locator('#calls > li').first();
    assert.deepEqual(await texts(newest.locator('.status, .operation, .path')), ['200', 'capping.update prod', `PUT ${path(b)}`]);
  });

  await t.test('request log can be filtered to changes', async () => {
    await emulator.call('GET', path(a));
    await emulator.call('GET', '/endpointConfig');
    const note = page.locator('#calls .closest-path');
    await note.waitFor();
    assert.equal(await note.innerText(), 'closest path /journey/orchestration/endpointConfigs');
    assert.equal(await page.locator('#calls > li').count(), 6);
    await page.getByLabel('Changes only').check();
    await note.waitFor({ state: 'detached' });
    await page.locator('#calls > li').nth(3).waitFor();
    assert.equal(await page.locator('#calls > li').count(), 4);
    await page.getByLabel('Changes only').uncheck();
    await note.waitFor();
  });

  await t.test('fault fails calls until removed', async () => {
    const form = page.locator('#fault-form');
    await form.getByLabel('Target').fill('capping.get');
    await form.getByLabel('Effect').fill('service:4000');
    await form.getByRole('button', { name: 'Add fault' }).click();
    await page.locator('#faults li').waitFor();
    assert.deepEqual(await texts(page.locator('#faults li')), ['service:4000 always at capping.get']);
    assert.equal((await emulator.call('GET', path(a))).status, 500);
    await page.locator('#calls .fault', { hasText: 'fault service:4000' }).waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('None: calls behave like the service.').waitFor();
    assert.equal((await emulator.call('GET', path(a))).status, 200);
  });

  await t.test('fault names are offered', async () => {
    await page.locator('#fault-what-names option[value="gateway:401013"]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('#fault-at-names option[value="throttling.undeploy"]').count(), 1);
    assert.equal(await page.locator('#fault-when-names option').count(), 4);
  });

  await t.test('clock can be frozen, advanced and resumed', async () => {
    await page.getByRole('button', { name: 'Freeze' }).click();
    await page.getByText('Frozen: tokens do not expire.').waitFor();
    const clock = async () => (await emulator.control('GET', '/clock')).body;
    const { nowMillis } = await clock();
    await page.getByRole('button', { name: '+ 24 h' }).click();
    const later = new Date(nowMillis + 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    await page.locator('#now', { hasText: later }).waitFor();
    await page.getByRole('button', { name: '× 60' }).click();
    await page.getByText('Runs at 60 times real speed.').waitFor();
    assert.equal(await page.getByRole('button', { name: '× 60' }).getAttribute('aria-pressed'), 'true');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Runs in real time.').waitFor();
    assert.equal((await clock()).speed, 1);
  });

  await t.test('quirk can be changed', async () => {
    await page.locator('summary').click();
    await page.getByLabel('undeploy_idle').selectOption('no_content');
    await page.getByText(/^\d+ quirks, 1 changed$/).waitFor();
    assert.equal((await emulator.control('GET', '/quirks')).body.undeploy_idle, 'no_content');
  });

  await t.test('simulation shows the numbers of the control API', async () => {
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.getByText('Simulates calls with the deployed limit of https://b.example.org/* GET, POST.').waitFor();
    assert.equal(await page.locator('#request-log').isVisible(), false);
    const fields = { traffic: '100x10,1500x20,100x30', latency: 'p50=80,p95=300,p99=900', failures: '0.2', servers: 60, connections: 90, window: 'sliding', mode: 'exact' };
    const inputs = { traffic: 'pattern' };
    for (const [name, value] of Object.entries(fields)) {
      const input = page.locator(`#traffic-${inputs[name] ?? name}`);
      if (['window', 'mode'].includes(name)) await input.selectOption(value);
      else await input.fill(String(value));
    }
    const simulation = page.waitForRequest((request) => request.url().includes('/simulate'));
    await page.locator('#traffic-form button').click();
    const { uid } = JSON.parse((await simulation).postData());
    assert.equal(uid, b, 'the selected configuration is deployed');
    await page.locator('#traffic-result .totals').waitFor();
    const report = (await emulator.control('POST', '/simulate', { ...fields, uid })).body;

    const shown = (selector) => page.locator(`#traffic-result ${selector} data`).evaluateAll((all) => all.map((it) => Number(it.value)));
    const counts = ['offered', 'sent', 'retried', 'throttled', 'succeeded', 'failed', 'rejected', 'dropped', 'timedOut'].map((it) => report.totals[it]);
    const { longest, firstDropMs, emptyMs } = report.queue;
    const times = [longest, firstDropMs, emptyMs, report.peakPerSecond].filter((it) => it !== null);
    assert.deepEqual(await shown('.totals'), [...counts, ...times]);
    assert.ok(report.totals.timedOut + report.totals.rejected > 0, 'some calls are lost');
    assert.equal(await page.locator('[data-field=offered] dd').innerText(), '34,000');
    const durations = ['throttlingWait', 'connectionWait', 'latency'].map((it) => report[it]).filter(({ count }) => count > 0);
    assert.deepEqual(await shown('.durations'), durations.flatMap(({ p50, p95, p99, max }) => [p50, p95, p99, max]));
    assert.deepEqual(await shown('.use'), [...report.limits, report.connections].map((it) => it.utilization).concat(report.endpointUtilization));
    await page.locator('.assumptions summary').click();
    const statements = await page.locator('.assumptions li').allInnerTexts();
    assert.deepEqual(statements, report.assumptions.map((it) => `${it.provenance} ${it.statement} (${it.source})`));
    await page.getByText('Mode: exact; arrivals: even.').waitFor();
  });

  await t.test('lines of the chart differ without color', async () => {
    const style = (all) => all.map((line) => [line.getAttribute('class'), line.getAttribute('stroke-dasharray'), parseFloat(getComputedStyle(line).strokeWidth)]);
    const charts = await page.locator('#traffic-result svg.traffic:not(.key)').all();
    const lines = await Promise.all(charts.map((chart) => chart.locator('polyline').evaluateAll(style)));
    assert.ok(lines.length >= 3, JSON.stringify(lines));
    const [[below, above], ...others] = lines;
    // Where both are equal, the thin dotted line is visible above the other one. Every other line has a chart of its own.
    assert.deepEqual([below.slice(0, 2), above[0]], [['sent', ''], 'offered']);
    assert.ok(above[1] !== '' && above[2] * 2 < below[2], JSON.stringify(lines));
    assert.ok(others.every((it) => it.length === 1), JSON.stringify(lines));
    assert.deepEqual(await page.locator('#traffic-result .legend li polyline').evaluateAll(style), [below, above]);
    await page.getByRole('link', { name: 'Configurations' }).click();
    await page.locator('#request-log').waitFor();
  });

  await t.test('other organization is empty', async () => {
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

  await t.test('reset asks for confirmation and clears everything', async () => {
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

test('without --ui-controls the UI is read-only', async (t) => {
  const emulator = await startEmulator('look-only');
  t.after(emulator.stop);
  await emulator.control('POST', '/faults', { at: 'token', fault: 'reset' });
  const { page, check, close } = await openPage(browser, emulator);
  assert.deepEqual(await texts(page.locator('#faults li')), ['reset always at token']);
  assert.deepEqual(await page.locator('button:visible').allInnerTexts(), []);
  await page.locator('summary').click();
  assert.equal(await page.locator('#quirks select').count(), 0);
  assert.ok((await page.locator('#quirks dt').count()) > 20);
  check();
  await close();
});

test('error of the emulator is shown', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, consoleMessages, close } = await openPage(browser, emulator);
  await page.getByLabel('Effect').fill('explode');
  const add = page.getByRole('button', { name: 'Add fault' });
  await add.click();
  const problem = page.getByRole('alert');
  await problem.waitFor();
  const [button, text] = await Promise.all([add.boundingBox(), problem.boundingBox()]);
  assert.ok(text.y > button.y && text.y - button.y < 80 && text.x < button.x + button.width, JSON.stringify([button, text]));
  assert.match(await problem.innerText(), /`explode` is not a valid fault; expected one of gateway:CODE/);
  // The browser logs the failed request; the UI logs nothing.
  assert.deepEqual(consoleMessages, ['error: Failed to load resource: the server responded with a status of 400 (Bad Request)']);
  await page.getByLabel('Effect').fill('garbage');
  await page.getByRole('button', { name: 'Add fault' }).click();
  await problem.waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Traffic' }).click();
  await page.locator('#traffic-pattern').fill('fast');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.locator('#traffic-form').getByRole('alert').getByText('part 1 of the traffic, `fast`').waitFor();
  await page.locator('#traffic-pattern').fill('100x10');
  await page.getByRole('button', { name: 'Simulate' }).click();
  await problem.waitFor({ state: 'hidden' });
  await close();
});

test('cards show methods', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const url = 'https://a.example.org/*';
  await emulator.call('POST', '/endpointConfigs', { ...capping(url, 500), methods: ['GET'] });
  await emulator.call('POST', '/endpointConfigs', { ...capping(url, 500), methods: ['PUT', 'POST'] });
  const { page, check, close } = await openPage(browser, emulator);
  await page.getByRole('button', { name: `${url} created GET action 500/s`, exact: true }).waitFor();
  await page.getByRole('button', { name: `${url} created PUT, POST action 500/s` }).click();
  await page.locator('.location', { hasText: 'capping PUT, POST in prod' }).waitFor();
  check();
  await close();
});

test('address keeps the selection', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const create = async (name) => (await emulator.call('POST', '/endpointConfigs', capping(`https://${name}.example.org/*`, 5))).body.uid;
  const uids = [await create('a'), await create('b'), await create('c')];
  const { page, check, close } = await openPage(browser, emulator);
  const shows = async (name) => {
    await page.locator('#detail-title', { hasText: `https://${name}.example.org/*` }).waitFor({ state: 'attached' });
    assert.match(await page.locator('#config-list [aria-current]').innerText(), new RegExp(`https://${name}`));
  };
  const select = (uid) => page.locator(`#config-list [data-uid="${uid}"]`).click();

  await t.test('back and forward', async () => {
    await shows('a');
    await select(uids[1]);
    await select(uids[2]);
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.locator('#traffic').waitFor();
    await page.goBack();
    await page.locator('#request-log').waitFor();
    await shows('c');
    await page.goBack();
    await shows('b');
    await page.goBack();
    await shows('a');
    await page.goForward();
    await shows('b');
  });

  await t.test('reload and link', async () => {
    await page.getByRole('link', { name: 'Traffic' }).click();
    await page.reload();
    await page.locator('#traffic').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Traffic' }).getAttribute('aria-current'), 'page');
    await shows('b');
    const linked = await openPage(browser, emulator, { path: new URL(page.url()).search });
    await linked.page.locator('#traffic-limit', { hasText: 'https://b.example.org/* GET, POST is not deployed' }).waitFor();
    linked.check();
    await linked.close();
  });

  await t.test('organization', async () => {
    await page.getByRole('link', { name: 'Configurations' }).click();
    await page.getByRole('combobox', { name: 'Organization' }).selectOption({ index: 1 });
    await page.getByText('None yet. Create one:').waitFor();
    await page.goBack();
    await shows('b');
  });

  await t.test('deleted configuration is replaced', async () => {
    await emulator.call('DELETE', `/endpointConfigs/${uids[1]}`);
    await shows('a');
    assert.equal(new URL(page.url()).searchParams.get('config'), uids[0]);
  });
  check();
  await close();
});

test('hostile address is safe', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { body } = await emulator.call('POST', '/endpointConfigs', capping('https://a.example.org/*', 5));
  const markup = encodeURIComponent('"><img src=x onerror=alert(1)>');
  for (const query of [`config=${markup}&view=${markup}`, 'config=__proto__&view=constructor', `config=${'x'.repeat(5000)}`, 'view=traffic&config=', `org=${markup}`]) {
    const { page, check, close } = await openPage(browser, emulator, { path: `?${query}` });
    await page.locator('#detail-title', { hasText: 'https://a.example.org/*' }).waitFor({ state: 'attached' });
    assert.equal(await page.locator('img').count(), 0);
    const { searchParams, origin } = new URL(page.url());
    assert.equal(searchParams.get('config'), body.uid, query);
    assert.equal(origin, new URL(emulator.address).origin);
    for (const link of await page.locator('#views a').all()) assert.ok((await link.evaluate((it) => it.href)).startsWith(emulator.address));
    check();
    await close();
  }
});

test('configurations can be searched', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  for (let number = 1; number <= 230; number += 1) {
    await emulator.call('POST', '/endpointConfigs', capping(`https://host-${number}.example.org/*`, number));
  }
  const { page, check, close } = await openPage(browser, emulator);
  await page.getByText('200 of 230 are shown').waitFor();
  assert.equal(await page.locator('#calls > li').count(), 200);
  await page.getByLabel('Find by URL or uid').fill('host-229.');
  await page.locator('#detail-title', { hasText: 'host-229' }).waitFor();
  assert.equal(await page.locator('#config-list button').count(), 1);
  assert.equal(await page.locator('#config-rest').isVisible(), false);
  const { config } = Object.fromEntries(new URL(page.url()).searchParams);
  await page.getByLabel('Find by URL or uid').fill('nowhere');
  await page.getByText('Nothing selected').waitFor();
  check();
  await close();
  // A link can select a configuration that is not among the first 200.
  const linked = await openPage(browser, emulator, { path: `?config=${config}` });
  await linked.page.locator('#detail-title', { hasText: 'host-229' }).waitFor();
  linked.check();
  await linked.close();
});

test('with --auth strict the example sets the environment', async (t) => {
  const emulator = await startEmulator('strict');
  t.after(emulator.stop);
  const { page, check, close } = await openPage(browser, emulator);
  const [settings, command] = (await page.locator('#config-list pre').innerText()).split('\n');
  assert.equal(settings, `eval "$(ajo emulator env --emulator-url ${new URL(emulator.address).origin})"`);
  assert.match(command, /^echo '\{ "url": .* \}' \| ajo capping create -$/);
  check();
  await close();
});

test('unknown organization falls back to the first', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await openPage(browser, emulator, { path: '?org=GONE@AdobeOrg' });
  assert.match(await page.locator('#organization').inputValue(), /^E0E0/);
  assert.match(page.url(), /\?org=E0E0/);
  check();
  await close();
});

test('client text is escaped', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await openPage(browser, emulator);
  const url = 'https://x.example.org/<img src=x onerror=alert(1)>';
  await emulator.call('POST', '/endpointConfigs', { ...capping(url, 5), '<b>bold</b>': 1 });
  await page.locator('#detail-title', { hasText: '<img src=x onerror=alert(1)>' }).waitFor();
  await page.locator('#calls .unknown-fields', { hasText: '<b>bold<~1b>' }).waitFor();
  assert.equal(await page.locator('main img, main b').count(), 0);
  check();
  await close();
});

test('hidden tab stops polling', async (t) => {
  const emulator = await startEmulator();
  t.after(emulator.stop);
  const { page, check, close } = await openPage(browser, emulator);
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  // A refresh in progress ends first.
  await wait(1500);
  let requests = 0;
  page.on('request', () => { requests += 1; });
  await wait(2500);
  assert.equal(requests, 0);
  await emulator.call('POST', '/endpointConfigs', capping('https://a.example.org/*', 1));
  await hide(false);
  await page.locator('#config-list button').waitFor();
  check();
  await close();
});

test('stopped emulator is reported', async () => {
  const emulator = await startEmulator();
  const { page, close } = await openPage(browser, emulator);
  emulator.stop();
  await page.getByText('The emulator does not respond.').waitFor();
  await close();
});
