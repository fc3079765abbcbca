// One configuration: its state in the life cycle, and its saved and deployed definitions.

import { breakable, byId, changed, chip, el, methods } from './dom.js';

export function show(config) {
  const title = byId('detail-title');
  const body = byId('detail-body');
  if (!changed(body, config ?? null)) return;
  if (config === undefined) {
    title.textContent = 'Nothing selected';
    body.replaceChildren(el('p', { class: 'empty' }, 'Select a configuration to see its state and its saved and deployed definitions.'));
    return;
  }
  const { saved, uid, api, sandbox, state } = config;
  title.replaceChildren(...breakable(String(saved.url ?? saved.urlPattern ?? uid)));
  body.replaceChildren(
    el('p', { class: 'location' }, chip(state), el('span', { class: 'muted' }, ` ${api} ${methods(saved)} in ${sandbox} `), el('code', { class: 'uid' }, uid)),
    el('div', { class: 'life' }, diagram(config), el('div', {}, el('p', {}, explanation(config)), changes(config.metadata))),
    comparison(config),
  );
}

function diagram({ state }) {
  const svg = byId('diagram').content.firstElementChild.cloneNode(true);
  const operations = new Set();
  for (const edge of svg.querySelectorAll('.edge')) {
    if (!edge.dataset.from.split(' ').includes(state)) continue;
    edge.classList.add('on');
    for (const text of edge.querySelectorAll('text')) for (const operation of text.textContent.split(', ')) operations.add(operation);
  }
  svg.querySelector(`[data-state="${CSS.escape(state)}"]`)?.classList.add('on');
  operations.delete('forced');
  svg.querySelector('title').textContent = `State diagram: state ${state}; possible operations: ${[...operations].join(', ')}.`;
  return svg;
}

function explanation({ api, state, deployed, differs }) {
  if (deployed === null) {
      return state === 'created' ? 'Not live yet: deploy it to make it live.' : 'Changed, but not live: deploy it to make it live.';
  }
  if (api === 'throttling') {
      return state === 'updated' ? 'Live. The last change took effect at once.' : 'Live. A change takes effect at once.';
  }
  if (differs) return 'An earlier definition is still live. Deploy again to make the saved one live.';
  return state === 'updated' ? 'Live. The definition saved since is the same.' : 'Live. A change takes effect with the next deploy.';
}

function changes(metadata) {
  const entries = [['created', 'Created'], ['lastModified', 'Saved'], ['lastDeployed', 'Deployed']].filter(([name]) => metadata[`${name}At`]);
  return el(
    'dl',
    { class: 'marks' },
    ...entries.flatMap(([name, label]) => [
      el('dt', {}, label),
      el('dd', {}, metadata[`${name}At`].replace('T', ' ').slice(0, 19), ' ', el('span', { class: 'muted' }, metadata[`${name}By`])),
    ]),
  );
}

/** Explicit roles, because the narrow layout changes the display of table elements. */
function comparison({ saved, deployed }) {
  const [left, right] = [fields(saved), deployed === null ? new Map() : fields(deployed)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const rows = names.map((name) => {
    const differs = deployed !== null && left.get(name) !== right.get(name);
    const sign = differs && el('span', { class: 'sign' }, el('span', { 'aria-hidden': 'true' }, '≠'), el('span', { class: 'unseen' }, 'differs: '));
    const cell = (side, text) => el('td', { role: 'cell', 'data-side': side }, ...(text === undefined ? [el('span', { class: 'muted' }, 'not set')] : breakable(text)));
    return el(
      'tr',
      { role: 'row', class: differs && 'differs' },
      el('th', { role: 'rowheader', scope: 'row' }, sign, ...breakable(name)),
      cell('saved', left.get(name)),
      deployed !== null && cell('deployed', right.get(name)),
    );
  });
  const header = (text) => el('th', { role: 'columnheader', scope: 'col' }, text);
  return el(
    'table',
    { role: 'table', class: `comparison${deployed === null ? ' alone' : ''}` },
    el('caption', {}, deployed === null ? 'Saved; nothing is deployed' : 'Saved and deployed'),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, header('Field'), header('Saved'), deployed !== null && header('Deployed'))),
    el('tbody', { role: 'rowgroup' }, ...rows),
  );
}

/** The leaf values of a definition by their path. */
function fields(value, path = '', leaves = new Map()) {
  const isList = Array.isArray(value);
  if (value === null || typeof value !== 'object' || (isList && value.every((it) => typeof it !== 'object'))) {
    leaves.set(path, isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value));
    return leaves;
  }
  if (Object.keys(value).length === 0) leaves.set(path, '{}');
  for (const [name, below] of Object.entries(value)) fields(below, path === '' ? name : `${path}.${name}`, leaves);
  return leaves;
}
