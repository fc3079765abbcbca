// Simulates traffic through a limit.

import { request } from './api.js';
import { selectedConfig } from './configs.js';
import { byId } from './dom.js';
import { drawChart } from './traffic-chart.js';
import { showReport } from './traffic-report.js';

/** Maximum number of points of a line. */
const ROWS = 200;

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
  const report = await request('POST', '/simulate', { body: { ...readForm(), uid, rows: ROWS } });
  const result = byId('traffic-result');
  const source = uid === undefined ? 'No deployed configuration is selected; this is the default limit.' : `With the limit of ${uid}.`;
  result.replaceChildren(...showReport(report, source, drawChart(report, result.clientWidth)));
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
