// Times of one run, in Node.js and in the runtimes that are installed in RUNTIMES: node measure.mjs AJO RUNTIMES REASON RUN.
// REASON says why runtimes are missing. The number of the run decides which contestant goes first.
import path from "node:path";
import { ajoLimits } from "./contestants.mjs";
import { startEmulator } from "./emulator.mjs";
import { median, printFigure, printMissing, timesLonger } from "./figures.mjs";
import { runtimesIn } from "./runtimes.mjs";

const LABELS = {
  ajoLimits: "ajo-limits",
  openapiFetch: "openapi-fetch, own token cache",
  adobeAuth: "@adobe/aio-lib-core-auth, fetch",
  bareFetch: "bare fetch",
};
const DEFINITION = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { dataSource: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

const [ajo, runtimes, reason, run] = process.argv.slice(2);
const settings = await startEmulator(path.resolve(ajo));
const { uid } = await (await ajoLimits(settings)).create(DEFINITION);
const measured = [];
for (const [label, names, measure] of runtimesIn(runtimes, Object.keys(LABELS))) {
  // Ratios are to openapi-fetch in Node.js, and to the bare fetch where nothing else runs.
  const base = names.includes("openapiFetch") ? "openapiFetch" : "bareFetch";
  const { calls, starts } = await measure({ settings, uid, names, run: Number(run) });
  for (const name of names) {
    for (const [what, rounds] of [["call", calls], ["cold start", starts]]) {
      const ratio = name === base ? undefined : timesLonger(rounds, name, base);
      printFigure(`${what}, ${label}, ${LABELS[name]}`, median(rounds[name]), "ms", ratio);
    }
  }
  printFigure(`cold start, ${label}, nothing`, median(starts.nothing), "ms");
  measured.push(label);
}
for (const runtime of ["Deno", "Bun", "workerd"].filter((it) => !measured.includes(it))) {
  for (const what of ["call", "cold start"]) printMissing(`${what}, ${runtime}, `, reason || `npm did not install ${runtime}`);
}
process.exit(0);
