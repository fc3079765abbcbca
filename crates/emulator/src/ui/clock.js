// The organization's clock.

import { request } from './api.js';
import { byId, time } from './dom.js';

export function wire(act) {
  byId('clock-controls').addEventListener('click', ({ target }) => {
    const { speed, seconds } = target.closest('button')?.dataset ?? {};
    if (speed !== undefined) act('clock-controls', () => request('PUT', '/clock', { body: { speed: Number(speed) } }));
    if (seconds !== undefined) act('clock-controls', () => request('POST', '/clock/advance', { body: { seconds: Number(seconds) } }));
  });
}

export function show({ clock: { nowMillis, speed }, uiControls }) {
  const now = time(nowMillis);
  byId('now').textContent = now.slice(0, 19);
  byId('now').setAttribute('datetime', `${now.replace(' ', 'T')}Z`);
  byId('speed').textContent = { 0: 'Frozen: tokens do not expire.', 1: 'Runs in real time.' }[speed] ?? `Runs at ${speed} times real speed.`;
  byId('clock-controls').hidden = !uiControls;
  for (const button of byId('clock-controls').querySelectorAll('[data-speed]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.speed) === speed));
  }
}
