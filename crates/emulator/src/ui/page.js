// What is shown is asked for every second, and at once after something was done here.

import { Refused, ask, choose, chosen } from './api.js';
import * as clock from './clock.js';
import * as configs from './configs.js';
import { byId, changed, el } from './dom.js';
import * as faults from './faults.js';
import * as journal from './journal.js';
import * as switches from './switches.js';
import * as traffic from './traffic.js';

const EVERY_MILLIS = 1000;

let timer;
let asking = false;
let askAgain = false;

async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  do {
    askAgain = false;
    await look();
  } while (askAgain);
  asking = false;
  clearTimeout(timer);
  // Nobody sees a hidden tab; it looks again when it is shown.
  if (!document.hidden) timer = setTimeout(refresh, EVERY_MILLIS);
}

async function look() {
  try {
    if (byId('organization').length === 0) await learnOrganizations();
    const organization = chosen();
    const [status, set, sides] = await Promise.all([ask('GET', ''), ask('GET', '/faults'), ask('GET', '/switches/sides')]);
    const [calls, kept] = await Promise.all([journal.ask(status), configs.ask(status)]);
    // Another may have been chosen meanwhile; then this is no longer of interest.
    if (organization !== chosen()) return;
    showStatus(status);
    clock.show(status);
    faults.show(set.faults, status.pageControls);
    switches.show(sides.switches, status.pageControls);
    journal.show(calls, status);
    configs.show(kept, status);
    byId('offline').hidden = true;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) byId('organization').replaceChildren();
    const offline = byId('offline');
    offline.hidden = false;
    const text = error instanceof Refused ? error.message : 'The emulator does not answer. Trying again every second.';
    if (offline.textContent !== text) offline.textContent = text;
  }
}

async function learnOrganizations() {
  const { organizations } = await ask('GET', '/organizations');
  const select = byId('organization');
  select.replaceChildren(...organizations.map(({ id }) => el('option', { value: id }, id)));
  // One that is not there, in a bookmark perhaps, gives way to the emulator's first.
  if (!organizations.some(({ id }) => id === chosen())) {
    choose(null);
    choose((await ask('GET', '')).organization);
  }
  select.value = chosen();
}

function showStatus(status) {
  byId('version').textContent = status.emulator;
  byId('reset-card').hidden = !status.pageControls;
  const facts = {
    Authentication: status.auth,
    Capping: status.capping,
    Throttling: status.throttling ? 1 : 0,
    Calls: status.calls,
    Tokens: status.tokens,
    ...(status.contract ? { Contract: 'checked' } : {}),
  };
  if (!changed(byId('facts'), facts)) return;
  byId('facts').replaceChildren(
    ...Object.entries(facts).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))),
  );
}

/** Does something and shows what came of it. Whether it was done. */
async function act(deed) {
  const problem = byId('problem');
  try {
    await deed();
    problem.hidden = true;
    return true;
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    return false;
  } finally {
    refresh();
  }
}

function wireReset() {
  const dialog = byId('ask-reset');
  byId('reset').addEventListener('click', () => {
    dialog.returnValue = '';
    dialog.showModal();
  });
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'reset') act(() => ask('POST', '/reset'));
  });
}

byId('organization').addEventListener('change', (event) => {
  choose(event.target.value);
  journal.forget();
  configs.forget();
  refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
clock.wire(act);
faults.wire(act);
traffic.wire(act);
switches.wire(act);
journal.wire(refresh);
configs.wire(refresh);
wireReset();
refresh();
