// Types from the two specifications into src/generated/, which is committed. With --check nothing is written, and a file that
// is not what the specifications say is an error.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const here = new URL("../", import.meta.url);
const check = process.argv.includes("--check");
const stale = [];

for (const api of ["capping", "throttling"]) {
  const target = new URL(`src/generated/${api}.ts`, here);
  const text = await generate(api);
  if (!check) await writeFile(target, text);
  else if ((await readFile(target, "utf8").catch(() => "")) !== text) stale.push(`src/generated/${api}.ts`);
}
if (stale.length > 0) {
  console.error(`error: not what openapi/*.yaml says: ${stale.join(", ")}; run \`npm run generate\` in crates/wasm/npm`);
  process.exitCode = 1;
}

async function generate(api) {
  const source = new URL(`../../../openapi/${api}.yaml`, here);
  // A default says how an answer is read, and not that the service gives the field.
  const nodes = await openapiTS(source, { transform: openEnum, defaultNonNullable: false });
  // Paths and operations are the core's; what a user sees of a specification is its schemas.
  const schemas = nodes.filter((node) => ts.isInterfaceDeclaration(node) && node.name.text === "components");
  const components = ts.factory.updateInterfaceDeclaration(
    schemas[0],
    schemas[0].modifiers,
    schemas[0].name,
    undefined,
    undefined,
    schemas[0].members.filter((member) => member.name.text === "schemas"),
  );
  return `// Generated from openapi/${api}.yaml by scripts/generate.mjs. Do not edit.\n\n${astToString([components])}`;
}

/** The values known today, or any other text: the service may add some. */
function openEnum(schema) {
  const known = schema["x-extensible-enum"];
  if (known === undefined) return undefined;
  const text = ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword);
  // `string & {}` keeps an editor's completion of the known values, which plain `string` would swallow.
  const other = ts.factory.createIntersectionTypeNode([text, ts.factory.createTypeLiteralNode([])]);
  const literals = known.map((value) => ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(value)));
  return ts.factory.createUnionTypeNode([...literals, other]);
}
