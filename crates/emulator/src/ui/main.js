// Refreshes the UI every second, and at once after an action.

import { addressWith, select, selected } from './address.js';
import { ApiError, request } from './api.js';
import * as clock from './clock.js';
import * as configs from './configs.js';
import { byId, changed, el } from './dom.js';
import * as faults from './faults.js';
import * as requestLog from './request-log.js';
import * as quirks from './quirks.js';
import * as traffic from './traffic.js';

const REFRESH_MILLIS = 1000;

let timer;
let refreshing = false;
let refreshAgain = false;

async function refresh() {
  if (refreshing) {
    refreshAgain = true;
    return;
  }
  refreshing = true;
  do {
    refreshAgain = false;
    await load();
  } while (refreshAgain);
  refreshing = false;
  clearTimeout(timer);
  // A hidden tab does not refresh until it is visible again.
  if (!document.hidden) timer = setTimeout(refresh, REFRESH_MILLIS);
}

async function load() {
  try {
    if (byId('organization').length === 0) await loadOrganizations();
    const organization = selected('org');
    const [status, activeFaults, variants] = await Promise.all([request('GET', ''), request('GET', '/faults'), request('GET', '/quirks/variants')]);
    const [calls, configList] = await Promise.all([requestLog.load(status), configs.load(status)]);
    // Drop the result if another organization was selected meanwhile.
    if (organization !== selected('org')) return;
    showStatus(status);
    clock.show(status);
    faults.show(activeFaults.faults, status.uiControls);
    quirks.show(variants.quirks, status.uiControls);
    requestLog.show(calls, status);
    configs.show(configList, status);
    showView();
    byId('offline').hidden = true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) byId('organization').replaceChildren();
    const offline = byId('offline');
    offline.hidden = false;
    const text = error instanceof ApiError ? error.message : 'The emulator does not respond. Retrying every second.';
    if (offline.textContent !== text) offline.textContent = text;
  }
}

async function loadOrganizations() {
  const { organizations } = await request('GET', '/organizations');
  byId('organization').replaceChildren(...organizations.map(({ id }) => el('option', { value: id }, id)));
  // An unknown organization, for example from a bookmark, is replaced by the emulator's first.
  if (!organizations.some(({ id }) => id === selected('org'))) {
    select({ org: null }, false);
    select({ org: (await request('GET', '')).organization }, false);
  }
  byId('organization').value = selected('org');
}

function showStatus(status) {
  byId('version').textContent = status.emulator;
  byId('reset-card').hidden = !status.uiControls;
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

/** Runs an action and refreshes. The card of this control shows its error. */
async function act(control, action) {
  const problem = byId(control).closest('.card').querySelector('[role=alert]');
  try {
    await action();
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    refresh();
  }
}

function wireReset() {
  const dialog = byId('confirm-reset');
  byId('reset').addEventListener('click', () => {
    dialog.returnValue = '';
    dialog.showModal();
  });
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'reset') act('reset', () => request('POST', '/reset'));
  });
}

/** Shows the selected view, and updates the links to both. */
function showView() {
  const view = selected('view') === 'traffic' ? 'traffic' : 'detail';
  document.body.dataset.view = view;
  byId('skip').setAttribute('href', `#${view}`);
  for (const link of byId('views').children) {
    link.href = addressWith({ view: link.dataset.name });
    link.ariaCurrent = link.dataset.name === view ? 'page' : null;
  }
}

function clear() {
  requestLog.clear();
  configs.clear();
}

byId('views').addEventListener('click', (event) => {
  const link = event.target.closest('a');
  // With a modifier key, the browser opens the address in another tab.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  select({ view: link.dataset.name });
  showView();
});
byId('organization').addEventListener('change', ({ target }) => {
  select({ org: target.value, config: null });
  clear();
  refresh();
});
addEventListener('popstate', () => {
  if (byId('organization').value !== selected('org')) clear();
  byId('organization').value = selected('org');
  showView();
  refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh();
});
clock.wire(act);
faults.wire(act);
traffic.wire(act);
quirks.wire(act);
requestLog.wire(refresh);
configs.wire(refresh);
wireReset();
showView();
refresh();
