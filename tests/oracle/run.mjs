// Compares the npm package with the native client: node run.mjs PACKAGE ORACLE [--inputs N] [--seed N] [--property NAME] [--index N] [--show N].
// PACKAGE is the folder of the package, ORACLE the output folder of wasm-bindgen. Equal seeds give equal inputs. A difference is
// printed with the arguments that repeat its input alone.
import { pathToFileURL } from "node:url";
import path from "node:path";
import { parseArgs } from "node:util";
import { installClock } from "./clock.mjs";
import { compare } from "./compare.mjs";
import { loadOracle } from "./oracle.mjs";
import { Package } from "./package.mjs";
import { PROPERTIES } from "./properties.mjs";
import { Random } from "./random.mjs";

const DEFAULT_SEED = "19";
/** Differences of each property to print in full. */
const SHOWN = "5";

const { positionals: [packageFolder, oracleFolder], values } = parseArgs({
  allowPositionals: true,
  options: { inputs: { type: "string", default: "1000" }, seed: { type: "string", default: DEFAULT_SEED }, property: { type: "string" }, index: { type: "string" }, show: { type: "string", default: SHOWN } },
});
const seed = Number(values.seed);
const chosen = PROPERTIES.filter(([name]) => values.property === undefined || name === values.property);
if (chosen.length === 0) throw new Error(`there is no property ${values.property}; expected one of ${PROPERTIES.map(([name]) => name).join(", ")}`);

const start = process.hrtime.bigint();
const ajo = await import(pathToFileURL(path.resolve(packageFolder, "index.js")));
const oracle = await loadOracle(path.resolve(oracleFolder));
installClock();
const tested = new Package(ajo);

const totalWeight = chosen.reduce((sum, [, weight]) => sum + weight, 0);
let [inputs, differences] = [0, 0];
for (const [name, weight, generate] of chosen) {
  const count = Math.ceil((Number(values.inputs) * weight) / totalWeight);
  const [first, end] = values.index === undefined ? [0, count] : [Number(values.index), Number(values.index) + 1];
  let found = 0;
  const before = process.hrtime.bigint();
  const outcomes = { accepted: 0, rejected: 0 };
  for (let index = first; index < end; index += 1) {
    const random = new Random(seed, PROPERTIES.findIndex(([other]) => other === name), index);
    const { question, style } = generate(random);
    const problem = await compare(question, style, tested, oracle, outcomes);
    if (problem === undefined) continue;
    found += 1;
    if (found <= Number(values.show)) console.log(`\n${name}: ${problem}\nTo repeat: --seed ${seed} --property ${name} --index ${index}\n`);
  }
  const micros = Number(process.hrtime.bigint() - before) / 1000 / (end - first);
  console.log(`${name.padEnd(14)}${String(end - first).padStart(8)} inputs (${outcomes.accepted} accepted, ${outcomes.rejected} rejected), ${found} differences, ${micros.toFixed(0)} µs each`);
  inputs += end - first;
  differences += found;
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(`seed ${seed}: ${inputs} inputs, ${differences} differences, ${seconds.toFixed(1)} s`);
process.exitCode = differences === 0 ? 0 : 1;
