// Makes calls in Node.js, Deno or Bun: RUNTIME run-calls.mjs first|calls|nothing JSON.
// `first` makes one call, `nothing` none. `calls` prints the milliseconds per call, by client and round.
import process from "node:process";

const [mode, json] = process.argv.slice(2);
if (mode !== "nothing") {
  const libraries = await import("./clients.mjs");
  const { names, uid, settings, rounds, calls, run } = JSON.parse(json);
  const clients = {};
  for (const name of names) clients[name] = await libraries[name](settings);
  if (mode === "first") await clients[names[0]].list();
  else console.log(JSON.stringify(await timeCalls(clients, { names, uid, rounds, calls, run })));
}

async function timeCalls(clients, { names, uid, rounds, calls, run }) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of (run + round) % 2 === 0 ? names : [...names].reverse()) {
      const start = performance.now();
      for (let call = 0; call < calls; call += 1) await clients[name].get(uid);
      times[name].push((performance.now() - start) / calls);
    }
  }
  return times;
}
