// Simulates traffic through a limit.

import { request } from './api.js';
import { byId, el, methods } from './dom.js';
import { drawChart } from './traffic-chart.js';
import { showReport } from './traffic-report.js';

/** Maximum number of points of a line. */
const ROWS = 200;

export function wire(act) {
  byId('traffic-form').addEventListener('submit', (event) => {
    event.preventDefault();
    act('traffic-form', simulate);
  });
}

let config;

/** Says which limit is simulated. */
export function show(selectedConfig) {
  config = selectedConfig;
  const name = config && `${config.saved.url ?? config.saved.urlPattern} ${methods(config.saved)}`;
  byId('traffic-limit').textContent = config?.deployed
    ? `Simulates calls with the deployed limit of ${name}.`
    : `Simulates calls with the default limit${config ? `: ${name} is not deployed` : ''}.`;
}

async function simulate() {
  // Only a deployed configuration has an effect; without one, the service's default applies.
  const uid = config?.deployed ? config.uid : undefined;
  const report = await request('POST', '/simulate', { body: { ...readForm(), uid, rows: ROWS } });
  const result = byId('traffic-result');
  const source = uid === undefined ? 'No deployed configuration is selected; this is the default limit.' : `With the limit of ${uid}.`;
  const chart = el('figure', { class: 'charts' });
  result.replaceChildren(...showReport(report, source, chart));
  chart.append(...drawChart(report, chart.clientWidth));
}

/** The fields of the request; an empty input is left out. */
function readForm() {
  const text = (name) => byId(`traffic-${name}`).value.trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  return {
    traffic: text('pattern'),
    latency: text('latency'),
    failures: text('failures'),
    servers: number('servers'),
    capacity: number('capacity'),
    connections: number('connections'),
    window: text('window'),
    mode: text('mode'),
  };
}
