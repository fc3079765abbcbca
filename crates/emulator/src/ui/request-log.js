// The calls of clients, newest first.

import * as api from './api.js';
import { breakable, byId, el, time } from './dom.js';

/** Maximum number of rows; the control API has more. */
const MAX_ROWS = 200;

/** The number of the last call that was loaded. */
let lastNumber = 0;
let changesOnly = false;
/** Incremented by `clear`, so that responses to earlier requests are dropped. */
let generation = 0;

export function wire(refresh) {
  byId('changes-only').addEventListener('change', ({ target }) => {
    changesOnly = target.checked;
    clear();
    refresh();
  });
}

export function clear() {
  lastNumber = 0;
  generation += 1;
  byId('calls').replaceChildren();
}

export async function load(status) {
  // A lower number means another emulator on the same port.
  if (status.calls < lastNumber) clear();
  const startedIn = generation;
  if (status.calls === lastNumber) return { startedIn, calls: [] };
  const since = changesOnly ? lastNumber : Math.max(lastNumber, status.calls - MAX_ROWS);
  const { calls } = await api.request('GET', '/calls', { query: { since, ...(changesOnly ? { mutating: true } : {}) } });
  return { startedIn, calls };
}

export function show({ startedIn, calls }, status) {
  if (startedIn !== generation) return;
  const list = byId('calls');
  const first = lastNumber === 0;
  lastNumber = Math.max(lastNumber, status.calls, calls.at(-1)?.number ?? 0);
  list.prepend(...calls.slice(-MAX_ROWS).reverse().map(row));
  // Calls that the emulator has dropped are removed, for example after a reset.
  const oldest = status.calls - status.callsStored;
  while (list.lastElementChild && (list.childElementCount > MAX_ROWS || Number(list.lastElementChild.dataset.number) <= oldest)) {
    list.lastElementChild.remove();
  }
  byId('no-calls').hidden = list.childElementCount > 0;
  list.hidden = list.childElementCount === 0;
  if (calls.length > 0 && !first) {
    const { operation, path, status: code } = calls.at(-1);
    byId('new-calls').textContent = `${calls.length} new, the last: ${operation ?? path} ${code}`;
  }
}

/** Omits the base path, which all operations have in common. */
const shortPath = ({ operation, path }) => (operation ? path.replace(/^\/journey\/orchestration/, '') : path);

function row(call) {
  const at = time(call.at);
  const notes = [
    call.fault && ['fault', `fault ${call.fault}`],
    call.unknownFields.length > 0 && ['unknown-fields', `unknown fields ${call.unknownFields.join(', ')}`],
    call.closestPath && ['closest-path', `closest path ${call.closestPath}`],
  ].filter(Boolean);
  return el(
    'li',
    { 'data-number': call.number },
    el('time', { datetime: `${at.replace(' ', 'T')}Z`, title: at }, at.slice(11, 19)),
    el('span', { class: `status s${Math.floor(call.status / 100)}` }, String(call.status)),
    el('span', { class: 'operation' }, call.operation ?? 'unknown path', call.sandbox && el('span', { class: 'muted' }, ` ${call.sandbox}`)),
    el('code', { class: 'path', title: call.path }, `${call.method} `, ...breakable(shortPath(call))),
    notes.length > 0 && el('ul', { class: 'notes' }, ...notes.map(([kind, text]) => el('li', { class: kind }, text))),
  );
}
