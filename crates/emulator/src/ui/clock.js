// The organization's clock.

import { ask } from './api.js';
import { byId, time } from './dom.js';

export function wire(act) {
  byId('clock-controls').addEventListener('click', ({ target }) => {
    const { speed, seconds } = target.closest('button')?.dataset ?? {};
    if (speed !== undefined) act(() => ask('PUT', '/clock', { body: { speed: Number(speed) } }));
    if (seconds !== undefined) act(() => ask('POST', '/clock/advance', { body: { seconds: Number(seconds) } }));
  });
}

export function show({ clock: { nowMillis, speed }, pageControls }) {
  const now = time(nowMillis);
  byId('now').textContent = now.slice(0, 19);
  byId('now').setAttribute('datetime', `${now.replace(' ', 'T')}Z`);
  byId('speed').textContent = { 0: 'Frozen: no token expires.', 1: 'Runs at the real speed.' }[speed] ?? `Runs ${speed} times as fast.`;
  byId('clock-controls').hidden = !pageControls;
  for (const button of byId('clock-controls').querySelectorAll('[data-speed]')) {
    button.setAttribute('aria-pressed', String(Number(button.dataset.speed) === speed));
  }
}
