//! No two files of a crate import each other, directly or through others.
//!
//! A file imports another if it names an item of it. A re-export does not count, nor does code under `#[cfg(test)]`. An item that is
//! reached through a re-export belongs to the file that defines it.

mod rust;
mod typescript;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is one level below the workspace")
}

/// The files that each file imports.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The shortest cycle through each file that is part of one, each cycle once.
fn find_cycles(imports: &Imports) -> BTreeSet<String> {
    let mut cycles = BTreeMap::new();
    for start in imports.keys() {
        let mut queue = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::new();
        while let Some(path) = queue.pop_front() {
            let next = imports.get(path[path.len() - 1]).into_iter().flatten();
            if next.clone().any(|file| file == start) {
                let members: BTreeSet<_> = path.iter().copied().collect();
                cycles.entry(members).or_insert(path);
                break;
            }
            queue.extend(next.filter(|file| seen.insert(*file)).map(|file| [&path[..], &[file]].concat()));
        }
    }
    let show =
        |path: Vec<&PathBuf>| path.iter().chain([&path[0]]).map(|file| file.display().to_string()).collect::<Vec<_>>();
    cycles.into_values().map(|path| show(path).join(" -> ")).collect()
}

/// The folders of sources: of each crate, and of the npm package.
fn source_folders() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).expect("crates").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = crates.map(|path| path.join("src")).filter(|path| path.exists()).collect();
    folders.extend(["xtask/src", "crates/wasm/npm/src"].map(|path| root().join(path)));
    folders.sort();
    folders
}

/// The imports between the files below a folder, with paths relative to the root.
fn read_imports(folder: &Path) -> Imports {
    let mut imports = Imports::new();
    for name in ["lib.rs", "main.rs"] {
        let file = folder.join(name);
        if file.exists() {
            imports.extend(rust::read_imports(&file));
        }
    }
    imports.extend(typescript::read_imports(folder));
    let relative = |path: PathBuf| path.strip_prefix(root()).map(Path::to_owned).unwrap_or(path);
    imports.into_iter().map(|(file, to)| (relative(file), to.into_iter().map(relative).collect())).collect()
}

#[test]
fn files_do_not_import_each_other() {
    let mut cycles = Vec::new();
    let mut files = 0;
    for folder in source_folders() {
        let imports = read_imports(&folder);
        files += imports.len();
        assert!(!imports.is_empty(), "{} has no files", folder.display());
        cycles.extend(find_cycles(&imports));
    }
    assert!(files > 100, "only {files} files were read");
    assert!(cycles.is_empty(), "{} import cycles:\n{}", cycles.len(), cycles.join("\n"));
}

/// The cycles in a folder with these files.
fn cycles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        fs::write(path, text).expect("written");
    }
    let prefix = format!("{}/", folder.path().display());
    find_cycles(&read_imports(folder.path())).into_iter().map(|cycle| cycle.replace(&prefix, "")).collect()
}
