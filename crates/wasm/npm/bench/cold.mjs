// A program that makes one call: node cold.mjs CONTESTANT. With `nothing`, what Node.js takes by itself.
import * as contestants from "./contestants.mjs";

const [name] = process.argv.slice(2);
const settings = JSON.parse(process.env.SETTINGS);
if (name !== "nothing") await (await contestants[name](settings)).list();
