// Writes docs/api.md from the types: node scripts/docs.mjs TYPES [--check]. TYPES is the folder types/esm of the built package. With
// --check, nothing is written, and the exit code is 1 if the file is outdated.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = fileURLToPath(new URL("..", import.meta.url));
const types = path.resolve(process.argv[2]);
const isCheck = process.argv.includes("--check");

write("docs/api.md", apiReference());

function read(file) {
  return readFileSync(path.join(here, file), "utf8");
}

function write(file, text) {
  if (!isCheck) return writeFileSync(path.join(here, file), text);
  if (read(file) === text) return;
  console.error(`${file} is outdated; run: node scripts/docs.mjs ${process.argv[2]}`);
  process.exitCode = 1;
}

/** Import specifier and file with the types. A name is described at the first entry point that exports it. */
function readEntryPoints() {
  const { exports } = JSON.parse(readFileSync(path.join(types, "../../package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, conditions]) => conditions.import)
    .map(([subpath, conditions]) => [path.posix.join("ajo-limits", subpath), path.join(types, "../..", conditions.import.types)]);
}

function apiReference() {
  const entryPoints = readEntryPoints();
  const program = ts.createProgram(entryPoints.map(([, file]) => file), { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext });
  const checker = program.getTypeChecker();
  const described = new Set();
  const sections = entryPoints.map(([specifier, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    const symbols = checker.getExportsOfModule(module).map((it) => (it.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(it) : it));
    const own = symbols.filter((it) => !described.has(it)).sort((one, other) => (one.name < other.name ? -1 : 1));
    const others = symbols.length - own.length;
    for (const symbol of own) described.add(symbol);
    const note = others > 0 ? [`Also exports ${others} names that are described above.`] : [];
    return [`## ${specifier}`, ...note, ...own.map(describe)].join("\n\n");
  });
  return `${["# API of ajo-limits", "Written by `scripts/docs.mjs` from the types.", ...sections].join("\n\n")}\n`;
}

/** A heading, the comment as text, and the declarations without their comments' first block. */
function describe(symbol) {
  const code = symbol.declarations.map((it) => {
    // `export declare const` is in a list in a statement.
    const node = ts.isVariableDeclaration(it) ? it.parent.parent : it;
    return format(node.getText().replace(/^export (default )?(declare )?/, ""));
  });
  const comment = symbol.declarations.map((it) => ts.getJSDocCommentsAndTags(it)[0]).filter(Boolean).map(commentText);
  return [`### ${symbol.name}`, ...comment, `\`\`\`ts\n${code.join("\n")}\n\`\`\``].join("\n\n");
}

/** The text of a comment. Links become code, because the reference is one page. */
function commentText(comment) {
  const lines = comment.getText().split("\n").map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, "").replace(/\s*\*\/$/, ""));
  return lines.join("\n").trim().replace(/\{@link ([^}|\s]+)[^}]*\}/g, "`$1`").replace(/^@throws (\w+)/gm, "Throws `$1`:").replace(/^@/gm, "\\@");
}

/** The code with two spaces for an indentation, as in the sources, and without private fields. */
function format(code) {
  return code.replace(/^ *#private;\n/m, "").replace(/\{\s*\}$/, "{}").replaceAll(/^( {4})+/gm, (spaces) => " ".repeat(spaces.length / 2));
}
