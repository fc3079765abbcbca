// The selected variant of each quirk.

import { request } from './api.js';
import { byId, changed, el } from './dom.js';

export function wire(act) {
  byId('quirks').addEventListener('change', ({ target }) => {
    act('quirks', () => request('PUT', '/quirks', { body: { [target.name]: target.value } }));
  });
}

export function show(quirks, mayChange) {
  const list = byId('quirks');
  if (!changed(list, [quirks, mayChange])) return;
  const changedCount = quirks.filter(({ variant, variants }) => variant !== variants[0]).length;
  byId('quirks-count').textContent = `${quirks.length} quirks, ${changedCount === 0 ? 'none' : changedCount} changed`;
  const focused = document.activeElement?.name;
  list.replaceChildren(
    ...quirks.map((it) =>
      el('div', {}, el('dt', {}, el('code', {}, it.name)), el('dd', {}, mayChange ? choice(it) : el('strong', {}, it.variant)), el('dd', { class: 'muted' }, it.description)),
    ),
  );
  if (focused) list.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus();
}

function choice({ name, variant, variants }) {
  const option = (it) => el('option', { value: it, selected: it === variant }, it);
  return el('select', { name, 'aria-label': name }, ...variants.map(option));
}
