// The numbers of a simulation.

import { el } from './dom.js';

const COUNTS = [
  ['offered', 'offered'], ['sent', 'sent'], ['retried', 'retried'], ['throttled', 'throttled'], ['succeeded', 'succeeded'],
  ['failed', 'failed'], ['rejected', 'rejected'], ['dropped', 'dropped'], ['timedOut', 'timed out'],
];
const STATISTICS = ['p50', 'p95', 'p99', 'max'];
const DURATIONS = [
  ['throttlingWait', 'Throttling wait'], ['connectionWait', 'Connection wait'], ['latency', 'Latency'],
];

export const formatCount = (count) => count.toLocaleString('en');

/** A measured duration with about three digits, as in the command. */
export function formatDuration(millis) {
  const rounded = (number) => Number(number.toFixed(2)).toLocaleString('en');
  if (millis < 10) return `${rounded(millis)}\u00a0ms`;
  if (millis < 1000) return `${millis.toFixed(0)}\u00a0ms`;
  if (millis < 120_000) return `${rounded(millis / 1000)}\u00a0s`;
  const seconds = Math.round(millis / 1000);
  const parts = [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  return parts.filter(([number]) => number > 0).map(([number, unit]) => `${number}\u00a0${unit}`).join(' ');
}

/** At most one decimal. Only 1 is 100%, and only 0 is 0%. */
export function formatShare(share) {
  const percent = Math.round(share * 1000) / 10;
  if (percent >= 100 && share < 1) return '>99.9%';
  return percent === 0 && share > 0 ? '<0.1%' : `${percent}%`;
}

/** A value as text and, for programs, as in the response. */
const value = (number, format = formatCount) => el('data', { value: String(number) }, format(number));
const share = (number) => value(number, formatShare);

/** The elements of a report, around its chart. */
export function showReport(report, source, chart) {
  const { mode, arrivals, assumptions } = report;
  return [
    el('p', { class: 'muted' }, `${source} Mode: ${mode}; arrivals: ${arrivals}.`),
    chart,
    el('dl', { class: 'totals' }, ...totals(report)),
    table('durations', 'Time', STATISTICS, DURATIONS.map(([field, name]) => [name, report[field].count, STATISTICS.map((it) => report[field][it])])),
    table('use', 'Limit', ['value', 'used'], uses(report)),
    el('details', { class: 'assumptions' },
      el('summary', {}, `${assumptions.length} assumptions`),
      el('ul', {}, ...assumptions.map((it) => el('li', {}, el('strong', {}, it.provenance), ` ${it.statement} `, el('span', { class: 'muted' }, `(${it.source})`))))),
  ];
}

function totals({ totals: counts, queue, peakPerSecond }) {
  const time = (millis) => (millis === null ? 'none' : value(millis, formatDuration));
  const rows = [
    ...COUNTS.map(([field, name]) => [field, name, value(counts[field])]),
    ['longest', 'longest queue', value(queue.longest)],
    ['firstDropMs', 'first drop', time(queue.firstDropMs)],
    ['emptyMs', 'queue empty', time(queue.emptyMs)],
    ['peakPerSecond', 'peak per second', value(peakPerSecond)],
  ];
  return rows.map(([field, name, content]) => el('div', { 'data-field': field }, el('dt', {}, name), el('dd', {}, content)));
}

function uses({ limits, connections, endpoint: { capacity }, endpointUtilization }) {
  const seconds = (millis) => (millis === 1000 ? 'per second' : `in ${formatDuration(millis)}`);
  const rows = limits.map(({ name, calls, periodMs, utilization }) =>
    [name.replaceAll('_', ' '), `${formatCount(calls)} ${seconds(periodMs)}`, share(utilization)]);
  rows.push(['connections', connections ? formatCount(connections.count) : 'unlimited', connections ? share(connections.utilization) : '–']);
  const { servers, requestsPerSecond } = capacity;
  const size = servers ? `${formatCount(servers)} workers` : requestsPerSecond ? `${formatCount(requestsPerSecond)} per second` : 'unlimited';
  rows.push(['endpoint', size, endpointUtilization === null ? '–' : share(endpointUtilization)]);
  return rows.map(([name, ...cells]) => [name, 1, cells]);
}

/** A table; a row without values has dashes. Numbers are durations. */
function table(className, first, columns, rows) {
  const cell = (content) => el('td', {}, typeof content === 'number' ? value(content, formatDuration) : content);
  return el('table', { class: `numbers ${className}` },
    el('thead', {}, el('tr', {}, ...[first, ...columns].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map(([name, count, cells]) =>
      el('tr', {}, el('th', { scope: 'row' }, name), ...cells.map((it) => cell(count > 0 ? it : '–'))))));
}
