// A program for Deno and Bun, whose contestants are in contestants.mjs: RUNTIME program.mjs first|calls|nothing GIVEN.
// `first` makes one call, `nothing` none; `calls` prints milliseconds a call for each contestant and round.
import process from "node:process";

const [what, text] = process.argv.slice(2);
if (what !== "nothing") {
  const contestants = await import("./contestants.mjs");
  const { names, uid, settings, rounds, calls } = JSON.parse(text);
  const made = {};
  for (const name of names) made[name] = await contestants[name](settings);
  if (what === "first") await made[names[0]].list();
  else console.log(JSON.stringify(await timed(made, { names, uid, rounds, calls })));
}

async function timed(made, { names, uid, rounds, calls }) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const begun = performance.now();
      for (let call = 0; call < calls; call += 1) await made[name].get(uid);
      times[name].push((performance.now() - begun) / calls);
    }
  }
  return times;
}
