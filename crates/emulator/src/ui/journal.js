// The calls that clients made, the newest first.

import * as api from './api.js';
import { breakable, byId, el, time } from './dom.js';

/** More than anybody reads; the control API has more. */
const MOST_ROWS = 200;

/** The number of the last call that was looked at. */
let seen = 0;
let changesOnly = false;
/** Counts what was forgotten, so that an answer to an earlier question is not shown. */
let generation = 0;

export function wire(refresh) {
  byId('changes-only').addEventListener('change', ({ target }) => {
    changesOnly = target.checked;
    forget();
    refresh();
  });
}

export function forget() {
  seen = 0;
  generation += 1;
  byId('calls').replaceChildren();
}

export async function ask(status) {
  // A number that goes back is another emulator on the same port.
  if (status.calls < seen) forget();
  const asked = generation;
  if (status.calls === seen) return { asked, calls: [] };
  const since = changesOnly ? seen : Math.max(seen, status.calls - MOST_ROWS);
  const { calls } = await api.ask('GET', '/calls', { query: { since, ...(changesOnly ? { mutating: true } : {}) } });
  return { asked, calls };
}

export function show({ asked, calls }, status) {
  if (asked !== generation) return;
  const list = byId('calls');
  const first = seen === 0;
  seen = Math.max(seen, status.calls, calls.at(-1)?.number ?? 0);
  list.prepend(...calls.slice(-MOST_ROWS).reverse().map(row));
  // What the emulator has forgotten is not shown either: after a reset, for one.
  const oldest = status.calls - status.callsKept;
  while (list.lastElementChild && (list.childElementCount > MOST_ROWS || Number(list.lastElementChild.dataset.number) <= oldest)) {
    list.lastElementChild.remove();
  }
  byId('no-calls').hidden = list.childElementCount > 0;
  list.hidden = list.childElementCount === 0;
  if (calls.length > 0 && !first) {
    const { operation, path, status: code } = calls.at(-1);
    byId('new-calls').textContent = `${calls.length} new, the last: ${operation ?? path} ${code}`;
  }
}

/** What all operations have in front says nothing. */
const shorter = ({ operation, path }) => (operation ? path.replace(/^\/journey\/orchestration/, '') : path);

function row(call) {
  const at = time(call.at);
  const remarks = [
    call.fault && ['fault', `fault ${call.fault}`],
    call.unread.length > 0 && ['unread', `nothing read ${call.unread.join(', ')}`],
    call.closest && ['closest', `closest path ${call.closest}`],
  ].filter(Boolean);
  return el(
    'li',
    { 'data-number': call.number },
    el('time', { datetime: `${at.replace(' ', 'T')}Z`, title: at }, at.slice(11, 19)),
    el('span', { class: `status s${Math.floor(call.status / 100)}` }, String(call.status)),
    el('span', { class: 'operation' }, call.operation ?? 'nothing there', call.sandbox && el('span', { class: 'muted' }, ` ${call.sandbox}`)),
    el('code', { class: 'path', title: call.path }, `${call.method} `, ...breakable(shorter(call))),
    remarks.length > 0 && el('ul', { class: 'remarks' }, ...remarks.map(([kind, text]) => el('li', { class: kind }, text))),
  );
}
