// Figures as every group of `cargo xtask bench` keeps them: GROUP.json.
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A figure; its ratio to what it is compared with, where there is such a thing. */
export function row(name, value, unit, ratio) {
  return { name, value: rounded(value), unit, ...(ratio === undefined ? {} : { ratio: rounded(ratio) }) };
}

/** What could not be measured is said by how its rows would begin, and why. */
export function write(out, group, rows, missing = []) {
  const cores = os.cpus();
  const machine = `${cores.length} cores, ${cores[0]?.model.trim()}, ${os.type()}`;
  mkdirSync(out, { recursive: true });
  const figures = { group, machine, date: new Date().toISOString().slice(0, 10), rows, missing };
  writeFileSync(path.join(out, `${group}.json`), `${JSON.stringify(figures, null, 2)}\n`);
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many times longer one takes than another. They took turns, so each round is compared with itself: noise strikes both. */
export function timesLonger(rounds, name, base) {
  return median(rounds[name].map((time, round) => time / rounds[base][round]));
}

/** Four digits: more than four would be noise. */
function rounded(value) {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
