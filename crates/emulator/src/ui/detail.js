// One configuration: where it is in its life, and what is saved beside what is deployed.

import { breakable, byId, changed, chip, el } from './dom.js';

export function show(config) {
  const title = byId('detail-title');
  const body = byId('detail-body');
  if (!changed(body, config ?? null)) return;
  if (config === undefined) {
    title.textContent = 'Nothing selected';
    body.replaceChildren(el('p', { class: 'empty' }, 'A configuration of the list shows here: its state, and what is saved beside what is deployed.'));
    return;
  }
  const { saved, uid, api, sandbox, state } = config;
  title.replaceChildren(...breakable(String(saved.url ?? saved.urlPattern ?? uid)));
  body.replaceChildren(
    el('p', { class: 'place' }, chip(state), el('span', { class: 'muted' }, ` ${api} in ${sandbox} `), el('code', { class: 'uid' }, uid)),
    el('div', { class: 'life' }, diagram(config), el('div', {}, el('p', {}, meaning(config)), marks(config.metadata))),
    comparison(config),
  );
}

function diagram({ state }) {
  const svg = byId('diagram').content.firstElementChild.cloneNode(true);
  const moves = new Set();
  for (const edge of svg.querySelectorAll('.edge')) {
    if (!edge.dataset.from.split(' ').includes(state)) continue;
    edge.classList.add('on');
    for (const text of edge.querySelectorAll('text')) for (const move of text.textContent.split(', ')) moves.add(move);
  }
  svg.querySelector(`[data-state="${CSS.escape(state)}"]`)?.classList.add('on');
  moves.delete('forced');
  svg.querySelector('title').textContent = `State diagram: it is ${state}; from here lead ${[...moves].join(', ')}.`;
  return svg;
}

function meaning({ api, state, deployed, differs }) {
  if (deployed === null) {
    return state === 'created' ? 'It limits nothing yet: deploy puts it in force.' : 'It was changed, and limits nothing: deploy puts it in force.';
  }
  if (api === 'throttling') {
    return state === 'updated' ? 'It is in force, and so was its change at once.' : 'It is in force. A change is in force at once.';
  }
  if (differs) return 'An earlier definition is still in force. Another deploy puts the saved one in force.';
  return state === 'updated' ? 'It is in force; what was saved since says the same.' : 'It is in force. A change needs another deploy.';
}

function marks(metadata) {
  const told = [['created', 'Created'], ['lastModified', 'Saved'], ['lastDeployed', 'Deployed']].filter(([name]) => metadata[`${name}At`]);
  return el(
    'dl',
    { class: 'marks' },
    ...told.flatMap(([name, label]) => [
      el('dt', {}, label),
      el('dd', {}, metadata[`${name}At`].replace('T', ' ').slice(0, 19), ' ', el('span', { class: 'muted' }, metadata[`${name}By`])),
    ]),
  );
}

/** Roles are named because the narrow layout takes the table apart. */
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

/** The leaves of a definition, by their path. */
function fields(value, path = '', found = new Map()) {
  const isList = Array.isArray(value);
  if (value === null || typeof value !== 'object' || (isList && value.every((it) => typeof it !== 'object'))) {
    found.set(path, isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value));
    return found;
  }
  if (Object.keys(value).length === 0) found.set(path, '{}');
  for (const [name, below] of Object.entries(value)) fields(below, path === '' ? name : `${path}.${name}`, found);
  return found;
}
