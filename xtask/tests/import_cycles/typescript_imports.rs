//! Imports between TypeScript files.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::Imports;

/// Reads the imports between the TypeScript files below a folder.
pub(super) fn read_imports(folder: &Path) -> Imports {
    let mut imports = Imports::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            imports.extend(read_imports(&path));
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            imports.insert(path, imported_paths(&text).map(|name| resolve_import(folder, name)).collect());
        }
    }
    imports
}

/// The relative paths that a file imports, including type and dynamic imports, but not re-exports.
fn imported_paths(text: &str) -> impl Iterator<Item = &str> {
    text.split("import").skip(1).filter_map(|rest| {
        // `import {a, b} from "./x"`, `import "./x"`, `import("./x")`
        let (names, rest) = rest.split_once('"')?;
        let is_import = names.trim_end().ends_with("from") || names.trim().is_empty() || names == "(";
        (is_import && !names.contains(';') && rest.starts_with('.')).then(|| rest.split('"').next())?
    })
}

fn resolve_import(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.to_owned();
    for part in Path::new(name).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(part) => path.push(part),
            _ => {}
        }
    }
    match path.extension() {
        Some(extension) if extension == "ts" => path,
        _ => path.with_extension("ts"),
    }
}

#[test]
fn typescript_cycles_are_found() {
    for (a, b) in [
        ("import { b } from \"./b.js\";", "import {\n  a,\n} from \"./a.ts\";"),
        ("import type { B } from \"./b\";", "const a = await import(\"./a.js\");"),
        ("import \"./b.js\";", "type A = import(\"./a.js\").A;"),
    ] {
        assert_eq!(crate::find_cycles_in(&[("a.ts", a), ("b.ts", b)]), ["a.ts -> b.ts -> a.ts"], "{a} {b}");
    }
    let cycles = crate::find_cycles_in(&[
        ("a.ts", "import { b } from \"./c/b.js\";"),
        ("c/b.ts", "import { a } from \"../a.js\";"),
    ]);
    assert_eq!(cycles, ["a.ts -> c/b.ts -> a.ts"]);
}

#[test]
fn typescript_reexports_are_not_cycles() {
    let index = "export { a } from \"./a.js\";\nimport { x } from \"node:x\";";
    let cycles = crate::find_cycles_in(&[
        ("index.ts", index),
        ("a.ts", "// imports nothing\nimport { i } from \"./index.js\";"),
    ]);
    assert!(cycles.is_empty(), "{cycles:?}");
}
