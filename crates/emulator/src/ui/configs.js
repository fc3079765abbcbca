// The list of configurations: throttling first, then capping by sandbox. One of them is selected.

import * as address from './address.js';
import * as api from './api.js';
import * as detail from './detail.js';
import { breakable, byId, changed, chip, el, enableArrowKeys, methods } from './dom.js';
import * as traffic from './traffic.js';

/** Refreshes between two reloads. Data can change without a call: a restored snapshot, or a test in the same process. */
const MAX_AGE = 5;

let loaded;
let loadedKey = '';
let age = 0;
let status;
let refresh;

export function wire(refreshAll) {
  refresh = refreshAll;
  const list = byId('config-list');
  list.addEventListener('click', ({ target }) => {
    const uid = target.closest('button')?.dataset.uid;
    if (uid !== undefined) select(uid);
  });
  enableArrowKeys(list, 'button');
  byId('find').addEventListener('input', refresh);
}

export function clear() {
  [loaded, loadedKey] = [undefined, ''];
  byId('find').value = '';
}

export async function load({ organization, calls, capping, throttling }) {
  const find = byId('find').value.trim();
  const key = JSON.stringify([organization, calls, capping, throttling, find]);
  age += 1;
  if (loaded !== undefined && key === loadedKey && age < MAX_AGE) return loaded;
  const response = await api.request('GET', '/configs', { query: find === '' ? {} : { find } });
  [loadedKey, age] = [key, 0];
  return response;
}

export function show(response, newStatus) {
  const isFirst = loaded === undefined;
  [loaded, status] = [response, newStatus];
  const [{ configs, total }, linked] = [loaded, address.selected('config')];
  // A link can select a configuration that is not among the first ones.
  if (isFirst && linked !== null && configs.length < total && !configs.some(({ uid }) => uid === linked)) {
    byId('find').value = linked.slice(0, 100);
    refresh();
  } else {
    render();
  }
}

function render() {
  const { configs, total } = loaded;
  const all = status.capping + (status.throttling ? 1 : 0);
  const config = configs.find(({ uid }) => uid === address.selected('config')) ?? configs[0];
  if (config) address.select({ config: config.uid }, false);
  byId('find-field').hidden = all <= 8;
  byId('config-rest').hidden = configs.length === total;
  byId('config-rest').textContent = `${configs.length} of ${total} are shown; use the search to find others.`;
  showList(configs, all, config?.uid);
  detail.show(config);
  traffic.show(config);
}

function select(uid) {
  address.select({ config: uid });
  render();
  refresh();
  if (matchMedia('(max-width: 700px)').matches) {
    const card = byId(document.body.dataset.view);
    card.scrollIntoView();
    card.focus({ preventScroll: true });
  }
}

function showList(configs, all, selected) {
  const list = byId('config-list');
  if (!changed(list, [configs, all, selected, status.sandboxes, status.auth])) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.uid : undefined;
  if (all === 0) {
    list.replaceChildren(...emptyHint());
    return;
  }
  const groups = [
    ['Throttling', 'whole organization', (it) => it.api === 'throttling'],
    ...status.sandboxes.map(({ name, production }) => [
      'Capping',
      production ? `${name}, production` : name,
      (it) => it.api === 'capping' && it.sandbox === name,
    ]),
  ];
  list.replaceChildren(...groups.flatMap(([api, scope, matches]) => group(api, scope, configs.filter(matches), selected)));
  const button = [...list.querySelectorAll('button')].find((it) => it.dataset.uid === focused);
  if (button && focused !== selected) for (const it of list.querySelectorAll('button')) it.tabIndex = it === button ? 0 : -1;
  button?.focus({ preventScroll: true });
}

function group(api, scope, configs, selected) {
  const title = el('h3', {}, api, el('span', { class: 'muted' }, ` ${scope}`));
  if (configs.length === 0) return [title, el('p', { class: 'empty' }, 'none')];
  return [title, el('ul', { class: 'configs' }, ...configs.map((config) => el('li', {}, entry(config, config.uid === selected))))];
}

function entry({ uid, saved, state, differs }, current) {
  return el(
    'button',
    { type: 'button', 'data-uid': uid, 'aria-current': current && 'true', tabindex: current ? '0' : '-1' },
    el('span', { class: 'url' }, ...breakable(String(saved.url ?? saved.urlPattern ?? uid))),
    el('span', { class: 'summary' }, chip(state), el('span', {}, methods(saved)), el('span', { class: 'muted' }, summary(saved)), differs && el('span', { class: 'differs' }, '≠ differs from deployed')),
  );
}

/** The limits in short form. */
function summary({ services, maxThroughput }) {
  if (maxThroughput !== undefined) return `${maxThroughput}/s`;
  const rates = Object.entries(services ?? {}).map(([name, it]) => {
    const { maxCallsCount = '?', periodInMs } = it?.rating ?? {};
    return `${name} ${maxCallsCount}/${periodInMs === 1000 ? 's' : `${periodInMs ?? '?'} ms`}`;
  });
  return rates.join(', ');
}

/** An example command for an empty emulator. */
function emptyHint() {
  const definition = { url: 'https://api.example.org/*', methods: ['GET'], services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } } };
  const json = JSON.stringify(definition, null, 1).replace(/\n\s*/g, ' ');
  const command =
    status.auth === 'off'
      ? `curl ${location.origin}/journey/orchestration/endpointConfigs -d '${json}'`
      : `eval "$(ajo emulator env --emulator-url ${location.origin})"\necho '${json}' | ajo capping create -`;
  return [el('p', { class: 'empty' }, 'None yet. Create one:'), el('pre', { tabindex: '0', 'aria-label': 'Command' }, command)];
}
