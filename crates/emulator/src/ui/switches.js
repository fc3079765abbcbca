// For each contradiction of the documents, the side that is taken.

import { ask } from './api.js';
import { byId, changed, el } from './dom.js';

export function wire(act) {
  byId('switches').addEventListener('change', ({ target }) => {
    act(() => ask('PUT', '/switches', { body: { [target.name]: target.value } }));
  });
}

export function show(switches, mayChange) {
  const list = byId('switches');
  if (!changed(list, [switches, mayChange])) return;
  const turned = switches.filter(({ side, sides }) => side !== sides[0]).length;
  byId('switches-count').textContent = `${switches.length} switches, ${turned === 0 ? 'none' : turned} turned`;
  const focused = document.activeElement?.name;
  list.replaceChildren(
    ...switches.map((it) =>
      el('div', {}, el('dt', {}, el('code', {}, it.name)), el('dd', {}, mayChange ? choice(it) : el('strong', {}, it.side)), el('dd', { class: 'muted' }, it.about)),
    ),
  );
  if (focused) list.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
}

function choice({ name, side, sides }) {
  const option = (it) => el('option', { value: it, selected: it === side }, it);
  return el('select', { name, 'aria-label': name }, ...sides.map(option));
}
