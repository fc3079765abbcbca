// Prints figures for `cargo xtask bench`: one JSON object per line.

/** A figure; its ratio to the other contestant, if there is one. */
export function printFigure(name, value, unit, ratio) {
  console.log(JSON.stringify({ name, value, unit, ratio }));
}

/** Figures whose names start like this could not be measured. */
export function printMissing(missing, why) {
  console.log(JSON.stringify({ missing, why }));
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many times longer one contestant takes than another. They take turns, so each round is compared with itself. */
export function timesLonger(rounds, name, base) {
  return median(rounds[name].map((time, round) => time / rounds[base][round]));
}
