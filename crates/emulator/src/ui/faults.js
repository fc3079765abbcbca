// The faults that are set, and a form that sets one.

import { ask } from './api.js';
import { byId, changed, el } from './dom.js';

export function wire(act) {
  byId('fault-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const value = (id) => byId(id).value.trim();
    const fault = { at: value('fault-at'), when: value('fault-when'), fault: value('fault-what') };
    act(() => ask('POST', '/faults', { body: fault }));
  });
  byId('remove-faults').addEventListener('click', () => act(() => ask('DELETE', '/faults')));
}

export function show(faults, mayChange) {
  if (!changed(byId('faults'), [faults, mayChange])) return;
  byId('faults').replaceChildren(
    ...faults.map(({ at, when, fault }) =>
      el('li', {}, el('code', {}, fault), el('span', { class: 'muted' }, ` ${when} at `), el('code', {}, at)),
    ),
  );
  byId('no-faults').hidden = faults.length > 0;
  byId('no-faults').textContent = mayChange
    ? 'None: every call is answered as the service would. Add one below.'
    : 'None. Started with --page-controls, this page can add some.';
  byId('remove-faults').disabled = faults.length === 0;
  if (mayChange && byId('fault-form').hidden) offerNames();
  byId('fault-form').hidden = !mayChange;
}

/** What each part can be. The form works without. */
async function offerNames() {
  const { at, when, fault } = await ask('GET', '/faults/names').catch(() => ({ at: [], when: [], fault: [] }));
  const offer = (id, names) => byId(id).replaceChildren(...names);
  offer('fault-at-names', at.map((name) => el('option', { value: name })));
  offer('fault-when-names', when.map((name) => el('option', { value: name })));
  offer('fault-what-names', fault.map(({ name, about }) => el('option', { value: name, label: `${name}: ${about}` })));
}
