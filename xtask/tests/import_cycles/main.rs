//! Checks that no two files of a crate import each other, directly or through others.
//!
//! A file imports another if it names one of its items. Re-exports and code under `#[cfg(test)]` do not count. An item that is used
//! through a re-export belongs to the file that defines it.

mod rust_imports;
mod typescript_imports;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is one level below the workspace")
}

/// Each file with the files it imports.
type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The shortest cycle through each file, without duplicates.
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

/// The source folders of all crates and of the npm package.
fn source_folders() -> Vec<PathBuf> {
    let crates =
        fs::read_dir(workspace_root().join("crates")).expect("crates").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = crates.map(|path| path.join("src")).filter(|path| path.exists()).collect();
    folders.extend(["xtask/src", "crates/wasm/npm/src"].map(|path| workspace_root().join(path)));
    folders.sort();
    folders
}

/// The imports between the files below a folder, with paths relative to the workspace root.
fn read_imports(folder: &Path) -> Imports {
    let mut imports = Imports::new();
    for name in ["lib.rs", "main.rs"] {
        let file = folder.join(name);
        if file.exists() {
            imports.extend(rust_imports::read_imports(&file));
        }
    }
    imports.extend(typescript_imports::read_imports(folder));
    let relative = |path: PathBuf| path.strip_prefix(workspace_root()).map(Path::to_owned).unwrap_or(path);
    imports.into_iter().map(|(file, to)| (relative(file), to.into_iter().map(relative).collect())).collect()
}

#[test]
fn files_have_no_import_cycles() {
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

/// The cycles between these files.
fn find_cycles_in(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        fs::write(path, text).expect("written");
    }
    let prefix = format!("{}/", folder.path().display());
    find_cycles(&read_imports(folder.path())).into_iter().map(|cycle| cycle.replace(&prefix, "")).collect()
}
