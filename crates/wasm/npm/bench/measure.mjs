// Measures one run in Node.js and the runtimes installed in RUNTIMES: node measure.mjs AJO RUNTIMES REASON RUN.
// REASON explains why runtimes are missing. RUN is the number of the run, which decides the order of the clients.
import path from "node:path";
import { ajoLimits } from "./clients.mjs";
import { startEmulator } from "./emulator.mjs";
import { median, printFigure, printMissing, medianRatio } from "./figures.mjs";
import { runtimesIn } from "./runtimes.mjs";

const LABELS = {
  ajoLimits: "ajo-limits",
  openapiFetch: "openapi-fetch, own token cache",
  adobeAuth: "@adobe/aio-lib-core-auth, fetch",
  minimalByHand: "minimal client",
  bareFetch: "bare fetch",
};
const DEFINITION = {
  url: "https://api.example.org/data/2.5/*",
  methods: ["GET"],
  services: { action: { rating: { maxCallsCount: 500, periodInMs: 1000 } } },
};

const [ajo, runtimes, reason, run] = process.argv.slice(2);
const settings = await startEmulator(path.resolve(ajo));
const { uid } = await (await ajoLimits(settings)).create(DEFINITION);
const measured = [];
for (const [label, names, measure] of runtimesIn(runtimes, Object.keys(LABELS))) {
  // The base is openapi-fetch in Node.js. Other runtimes only have the bare fetch.
  const base = names.includes("openapiFetch") ? "openapiFetch" : "bareFetch";
  const { calls, starts } = await measure({ settings, uid, names, run: Number(run) });
  for (const name of names) {
    for (const [figure, rounds] of [["call", calls], ["cold start", starts]]) {
      const ratio = name === base ? undefined : medianRatio(rounds, name, base);
      printFigure(`${figure}, ${label}, ${LABELS[name]}`, median(rounds[name]), "ms", ratio);
    }
  }
  // The baseline: the parts that any program needs.
  const byHand = medianRatio(calls, "ajoLimits", "minimalByHand");
  printFigure(`call, ${label}, ajo-limits compared with minimal client`, median(calls.ajoLimits), "ms", byHand);
  printFigure(`cold start, ${label}, nothing`, median(starts.nothing), "ms");
  measured.push(label);
}
for (const runtime of ["Deno", "Bun", "workerd"].filter((it) => !measured.includes(it))) {
  for (const figure of ["call", "cold start"]) printMissing(`${figure}, ${runtime}, `, reason || `npm did not install ${runtime}`);
}
process.exit(0);
