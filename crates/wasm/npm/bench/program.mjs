// The program that Node.js, Deno and Bun run: RUNTIME program.mjs first|calls|nothing JSON.
// `first` makes one call, `nothing` none; `calls` prints the milliseconds of a call by contestant and round.
import process from "node:process";

const [what, text] = process.argv.slice(2);
if (what !== "nothing") {
  const contestants = await import("./contestants.mjs");
  const { names, uid, settings, rounds, calls, run } = JSON.parse(text);
  const clients = {};
  for (const name of names) clients[name] = await contestants[name](settings);
  if (what === "first") await clients[names[0]].list();
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
