// The active faults, and a form to add one.

import { request } from './api.js';
import { byId, changed, el } from './dom.js';

export function wire(act) {
  byId('fault-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const value = (id) => byId(id).value.trim();
    const fault = { at: value('fault-at'), when: value('fault-when'), fault: value('fault-what') };
    act('fault-form', () => request('POST', '/faults', { body: fault }));
  });
  byId('remove-faults').addEventListener('click', () => act('fault-form', () => request('DELETE', '/faults')));
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
    ? 'None: calls behave like the service. Add one below.'
    : 'None. Start the emulator with --ui-controls to add some here.';
  byId('remove-faults').disabled = faults.length === 0;
  if (mayChange && byId('fault-form').hidden) offerNames();
  byId('fault-form').hidden = !mayChange;
}

/** Suggests values for each part. The form works without them. */
async function offerNames() {
  const { at, when, fault } = await request('GET', '/faults/names').catch(() => ({ at: [], when: [], fault: [] }));
  const offer = (id, names) => byId(id).replaceChildren(...names);
  offer('fault-at-names', at.map((name) => el('option', { value: name })));
  offer('fault-when-names', when.map((name) => el('option', { value: name })));
  offer('fault-what-names', fault.map(({ name, description }) => el('option', { value: name, label: `${name}: ${description}` })));
}
