// Prints figures for `cargo xtask bench`: one JSON object per line.

/** `ratio` is the ratio to the base client. */
export function printFigure(name, value, unit, ratio) {
  console.log(JSON.stringify({ name, value, unit, ratio }));
}

/** Reports that figures whose names start with `missing` could not be measured. */
export function printMissing(missing, reason) {
  console.log(JSON.stringify({ missing, reason }));
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median ratio of two clients. They alternate, so the times of the same round are compared. */
export function medianRatio(rounds, name, base) {
  return median(rounds[name].map((time, round) => time / rounds[base][round]));
}
