// Draws a simulation: calls per second, and waiting calls.

import { byId, el } from './dom.js';
import { formatCount } from './traffic-report.js';

/** The namespace of SVG, taken from the state diagram. */
const SVG = byId('diagram').content.querySelector('svg').namespaceURI;

const [LEFT, RIGHT, TOP, BOTTOM] = [54, 12, 8, 22];

/** Field, name, and dash pattern. The second line is thin and dotted, so both are visible where they are equal. */
const CALLS = [
  ['sent', 'sent', ''],
  ['offered', 'offered', '2 3'],
];
/** One chart each, so that no line covers another. */
const LOST = [
  ['rejected', 'Rejected per second'],
  ['timedOut', 'Timed out per second'],
  ['failed', 'Failed per second'],
  ['dropped', 'Dropped per second'],
];

function draw(tag, attributes, text = '') {
  const element = document.createElementNS(SVG, tag);
  for (const [name, it] of Object.entries(attributes)) element.setAttribute(name, it);
  element.textContent = text;
  return element;
}

/** Charts of this width in pixels, with their titles and legends. */
export function drawChart({ rows, intervalSeconds, totals, queue }, width) {
  const end = (rows.at(-1)?.second ?? 0) + intervalSeconds;
  const size = Math.max(260, Math.min(width, 900));
  // Rows count a whole interval, but `waiting` is the value at its end.
  const perSecond = (row, field) => row[field] / intervalSeconds;
  const panels = [panel('Calls per second', CALLS, perSecond, 170)];
  for (const [field, title] of LOST) if (totals[field] > 0) panels.push(panel(title, [[field, title, '']], perSecond, 90));
  if (queue.longest > 0) panels.push(panel('Calls waiting in the throttling queue', [['waiting', 'waiting', '']], (row, field) => row[field], 110));
  return panels.flat();

  function panel(label, lines, read, height) {
    const max = Math.max(1, ...rows.flatMap((row) => lines.map(([field]) => read(row, field))));
    const [yTicks, xTicks] = [ticks(max, 3), ticks(end / timeUnit(end).seconds, 4)];
    const top = Math.max(max, yTicks.at(-1));
    const x = (second) => LEFT + ((size - LEFT - RIGHT) * second) / end;
    const y = (count) => height - BOTTOM - ((height - BOTTOM - TOP) * count) / top;
    const svg = draw('svg', { class: 'traffic', viewBox: `0 0 ${size} ${height}`, role: 'img', 'aria-label': `${label}, over time` });
    const { name, seconds } = timeUnit(end);
    svg.append(
      ...yTicks.flatMap((tick) => [
        draw('path', { class: 'grid', d: `M${LEFT} ${y(tick).toFixed(1)}H${size - RIGHT}` }),
        draw('text', { x: LEFT - 6, y: (y(tick) + 4).toFixed(1), class: 'end' }, formatCount(tick)),
      ]),
      ...xTicks.map((tick) => draw('text', { x: x(tick * seconds).toFixed(1), y: height - 6, class: 'middle' }, tick === 0 ? '0' : `${formatCount(tick)} ${name}`)),
      draw('path', { class: 'axis', d: `M${LEFT} ${TOP}V${height - BOTTOM}H${size - RIGHT}` }),
      ...lines.map(([field, , dash]) => {
        const points = rows.flatMap((row) => [row.second, row.second + intervalSeconds].map((at) => `${x(at).toFixed(1)},${y(read(row, field)).toFixed(1)}`));
        return draw('polyline', { class: field, points: points.join(' '), 'stroke-dasharray': dash });
      }),
    );
    const legend = el('ul', { class: 'legend' }, ...lines.map(([field, text, dash]) => el('li', {}, key(field, dash), ` ${text}`)));
    return lines.length > 1 ? [el('h3', {}, label), svg, legend] : [el('h3', {}, label), svg];
  }
}

/** A line of the legend. */
function key(field, dash) {
  const line = draw('svg', { class: 'traffic key', viewBox: '0 0 36 8', 'aria-hidden': 'true' });
  line.append(draw('polyline', { class: field, points: '0,4 36,4', 'stroke-dasharray': dash }));
  return line;
}

function timeUnit(seconds) {
  if (seconds <= 180) return { name: 's', seconds: 1 };
  return seconds <= 10_800 ? { name: 'min', seconds: 60 } : { name: 'h', seconds: 3600 };
}

/** Round numbers from 0 to at most `max`, up to `count` after 0. */
function ticks(max, count) {
  const base = 10 ** Math.floor(Math.log10(max / count));
  const step = [1, 2, 5, 10].map((factor) => factor * base).find((it) => max / it <= count + 0.999);
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
