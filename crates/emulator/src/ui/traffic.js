// Simulates traffic through a limit and draws calls per second.

import { request } from './api.js';
import { selectedConfig } from './configs.js';
import { byId, el } from './dom.js';

/** The namespace of SVG, taken from the state diagram. */
const SVG = byId('diagram').content.querySelector('svg').namespaceURI;
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [300, 150, 44, 20];

/** Field, name, and dash pattern, which distinguishes lines without color. */
const LINES = [
  ['offered', 'offered', '2 3'],
  ['allowed', 'allowed', ''],
  ['rejected', 'rejected', '8 3'],
  ['queued', 'waiting', '1 2'],
];

export function wire(act) {
  byId('traffic-form').addEventListener('submit', (event) => {
    event.preventDefault();
    act(simulate);
  });
}

async function simulate() {
  const config = selectedConfig();
  // Only a deployed configuration has an effect; without one, the service's default applies.
  const uid = config?.deployed ? config.uid : undefined;
  const body = { traffic: byId('traffic-pattern').value.trim(), window: byId('traffic-window').value, uid, rows: 150 };
  const report = await request('POST', '/simulate', { body });
  const number = (count) => count.toLocaleString('en');
  const limits = report.limits.map(({ calls, periodMs, overLimit }) => `${number(calls)} in ${number(periodMs)} ms; calls over the limit are ${overLimit}.`);
  const source = uid === undefined ? 'No deployed configuration is selected; this is the default limit.' : `Limit of ${uid}.`;
  byId('traffic-result').replaceChildren(
    el('p', { class: 'muted' }, [source, ...limits].join(' ')),
    chart(report),
    el('dl', { class: 'totals' }, ...totals(report).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value.toLocaleString('en'))])),
    el('p', { class: 'muted' }, 'Adobe does not publish how calls are counted; the method above is an assumption.'),
  );
}

function totals({ totals: all, longestQueue, peakPerSecond }) {
  const { offered, allowed, rejected, servedFromQueue, expired } = all;
  return [
    ['offered', offered], ['allowed', allowed], ['rejected', rejected], ['from the queue', servedFromQueue],
    ['dropped after 6 h', expired], ['longest queue', longestQueue], ['peak per second', peakPerSecond],
  ];
}

function chart({ rows, intervalSeconds }) {
  // Rows count a whole interval, but `queued` is the value at its end.
  const value = (row, field) => (field === 'queued' ? row.queued : row[field] / intervalSeconds);
  const max = Math.max(1, ...rows.flatMap((row) => LINES.map(([field]) => value(row, field))));
  const end = (rows.at(-1)?.second ?? 0) + intervalSeconds;
  const x = (second) => LEFT + ((WIDTH - LEFT - 4) * second) / end;
  const y = (count) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 8) * count) / max;
  const draw = (tag, attributes, text = '') => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, it] of Object.entries(attributes)) element.setAttribute(name, it);
    element.textContent = text;
    return element;
  };
  const svg = draw('svg', { class: 'traffic', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': 'Calls per second over time' });
  svg.append(
    draw('path', { class: 'axis', d: `M${LEFT} 6V${HEIGHT - BOTTOM}H${WIDTH - 4}` }),
    draw('text', { x: LEFT - 4, y: 14, class: 'end' }, Math.round(max).toLocaleString('en')),
    draw('text', { x: LEFT - 4, y: HEIGHT - BOTTOM, class: 'end' }, '0'),
    draw('text', { x: WIDTH - 4, y: HEIGHT - 6, class: 'end' }, `${end.toLocaleString('en')} s`),
    ...LINES.map(([field, , dash]) => {
      const points = rows.flatMap((row) => [row.second, row.second + intervalSeconds].map((at) => `${x(at).toFixed(1)},${y(value(row, field)).toFixed(1)}`));
      return draw('polyline', { class: field, points: points.join(' '), 'stroke-dasharray': dash });
    }),
  );
  const key = LINES.map(([field, name, dash]) => {
    const line = draw('svg', { class: 'traffic key', viewBox: '0 0 24 8', 'aria-hidden': 'true' });
    line.append(draw('polyline', { class: field, points: '0,4 24,4', 'stroke-dasharray': dash }));
    return el('li', {}, line, ` ${name}${field === 'queued' ? '' : ' per second'}`);
  });
  return el('figure', {}, svg, el('ul', { class: 'legend' }, ...key));
}
