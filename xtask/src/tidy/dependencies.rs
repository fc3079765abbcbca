//! Every dependency is used, and has its row in ARCHITECTURE.md; every row has its dependency.

use std::collections::BTreeSet;

use serde_json::Value;

use super::dependency_table::{Kind, Row};
use super::file::File;
use super::metadata::Manifest;

/// npm packages that nothing names: the end of the manifest's folder, the package, and why it is there.
const UNNAMED_NPM: &[(&str, &str, &str)] = &[
    ("bundlers", "@rollup/plugin-node-resolve", "rollup's command takes `node-resolve` for it"),
    ("bundlers", "react", "next asks for it"),
    ("bundlers", "react-dom", "next asks for it"),
    ("cloudflare-worker", "wrangler", "its command runs the example"),
    ("next-edge-route", "next", "its command runs the example"),
    ("next-edge-route", "react", "next asks for it"),
    ("next-edge-route", "react-dom", "next asks for it"),
    ("runtimes", "node-20", "its name is made of the version"),
    ("runtimes", "node-22", "its name is made of the version"),
    ("runtimes", "node-24", "its name is made of the version"),
];

pub(super) fn check(files: &[File], manifests: &[Manifest], table: &[Row]) -> Vec<String> {
    let mut problems = unused(files, manifests);
    problems.extend(idle(files, manifests));
    let rust = manifests.iter().flat_map(|manifest| &manifest.dependencies).filter(|dependency| !dependency.ours);
    problems.extend(unjustified(Kind::Rust, &rust.map(|dependency| dependency.name.clone()).collect(), table));
    problems.extend(unjustified(Kind::Npm, &npm(files), table));
    problems.extend(unused_npm(files, UNNAMED_NPM));
    problems.extend(python(files, table));
    problems
}

/// A row for each, and each for a row.
fn unjustified(kind: Kind, names: &BTreeSet<String>, table: &[Row]) -> Vec<String> {
    let rows: Vec<&Row> = table.iter().filter(|row| row.kind == kind).collect();
    let missing = names.iter().filter(|name| rows.iter().all(|row| row.name != **name));
    let mut problems: Vec<String> = missing
        .map(|name| format!("ARCHITECTURE.md does not say what the {kind:?} dependency {name} is for"))
        .collect();
    for (at, row) in rows.iter().enumerate() {
        if !names.contains(&row.name) {
            problems.push(format!("ARCHITECTURE.md justifies the {kind:?} dependency {}, which nothing has", row.name));
        }
        if rows[..at].iter().any(|other| other.name == row.name) {
            problems.push(format!("ARCHITECTURE.md justifies the {kind:?} dependency {} twice", row.name));
        }
        if row.reason.is_empty() {
            problems.push(format!("ARCHITECTURE.md has no reason for the {kind:?} dependency {}", row.name));
        }
    }
    problems
}

/// What a package depends on and never names. What only tests need may be named in an example of the documentation.
fn unused(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    let mut problems = Vec::new();
    for manifest in manifests {
        let code = code(files, manifest, manifests);
        let names = |dependency: &str, dev: bool| {
            let name = dependency.replace('-', "_");
            let lines = code.iter().flat_map(|file| file.text.lines());
            let mut lines = lines.filter(|line| dev || !line.trim_start().starts_with("//"));
            lines.any(|line| uses(line, &name))
        };
        for dependency in manifest.dependencies.iter().filter(|dependency| !names(&dependency.name, dependency.dev)) {
            problems.push(format!("{} depends on {} and never names it", manifest.name, dependency.name));
        }
    }
    problems.dedup();
    problems
}

/// The code of a package: what is below its folder and not below that of another, and what that has from elsewhere by
/// `#[path = "…"]`.
fn code<'f>(files: &'f [File], manifest: &Manifest, manifests: &[Manifest]) -> Vec<&'f File> {
    let deeper = |other: &&Manifest| other.folder.len() > manifest.folder.len();
    let nested = |path: &str| manifests.iter().filter(deeper).any(|other| path.starts_with(&other.folder));
    let own = |file: &&File| file.is_a(&["rs"]) && file.path.starts_with(&manifest.folder) && !nested(&file.path);
    let mut code: Vec<&File> = files.iter().filter(own).collect();
    let elsewhere: Vec<String> = code.iter().flat_map(|file| included(file)).collect();
    code.extend(files.iter().filter(|file| elsewhere.contains(&file.path)));
    code
}

/// Where the `#[path = "…"]` of a file lead to.
fn included(file: &File) -> impl Iterator<Item = String> {
    let paths = file.text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    paths.map(|path| {
        let mut parts: Vec<&str> = file.path.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." => drop(parts.pop()),
                "." => {}
                part => parts.push(part),
            }
        }
        parts.join("/")
    })
}

/// What the workspace offers and no member takes.
fn idle(files: &[File], manifests: &[Manifest]) -> Vec<String> {
    let workspace = files.iter().filter(|file| file.path == "Cargo.toml").flat_map(|file| file.text.lines());
    let section = workspace.skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let names = section.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    let names = names.filter_map(|line| Some(line.split_once(" = ")?.0));
    let taken: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|manifest| &manifest.dependencies)
        .map(|dependency| dependency.name.as_str())
        .collect();
    let idle = names.filter(|name| !taken.contains(name));
    idle.map(|name| format!("Cargo.toml offers {name} to the workspace, and no member takes it")).collect()
}

/// The files package.json, but for those of our own package.
fn packages(files: &[File]) -> impl Iterator<Item = (&File, Vec<String>)> {
    files.iter().filter(|file| file.path.ends_with("/package.json")).map(|file| {
        let manifest: Value = serde_json::from_str(&file.text).unwrap_or_default();
        let sections = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
        let names =
            sections.iter().filter_map(|section| manifest[section].as_object()).flat_map(|it| it.keys().cloned());
        (file, names.filter(|name| name != "ajo-limits").collect())
    })
}

fn npm(files: &[File]) -> BTreeSet<String> {
    packages(files).flat_map(|(_, names)| names).collect()
}

/// What a folder's package.json asks for, and neither its other files nor xtask, which runs what is installed there, names.
fn unused_npm(files: &[File], unnamed: &[(&str, &str, &str)]) -> Vec<String> {
    let mut problems = Vec::new();
    for (manifest, names) in packages(files) {
        let folder = manifest.path.trim_end_matches("package.json");
        let reads = |file: &&File| {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let code = file.path.starts_with(folder) && !["package.json", "package-lock.json"].contains(&name);
            code || file.path.starts_with("xtask/src/npm")
        };
        for name in names {
            // `@types/node` is named as `node`, in what reads types.
            let types = name.trim_start_matches("@types/");
            let said = [format!("\"{types}\""), format!("'{types}'"), format!("{types}/")];
            let named = files.iter().filter(reads).any(|file| said.iter().any(|it| file.text.contains(it)));
            let of = |at: &str| folder.trim_end_matches('/').ends_with(at);
            match (named, unnamed.iter().any(|(at, package, _)| of(at) && *package == name)) {
                (false, false) => problems.push(format!("{} asks for {name}, and nothing names it", manifest.path)),
                (true, true) => problems.push(format!("{name} is named, which is no exception then")),
                _ => {}
            }
        }
    }
    problems
}

/// requirements.txt pins all that a program needs, so that only what is asked for itself has a row.
fn python(files: &[File], table: &[Row]) -> Vec<String> {
    let rows: Vec<&Row> = table.iter().filter(|row| row.kind == Kind::Python).collect();
    let lists: Vec<&File> = files.iter().filter(|file| file.path.ends_with("requirements.txt")).collect();
    let pins =
        |list: &File, name: &str| list.text.lines().any(|line| line.split_once("==").is_some_and(|it| it.0 == name));
    let lost = rows.iter().filter(|row| !lists.iter().any(|list| pins(list, &row.name)));
    let mut problems: Vec<String> =
        lost.map(|row| format!("ARCHITECTURE.md justifies {}, which no requirements.txt pins", row.name)).collect();
    for list in lists.iter().filter(|list| !rows.iter().any(|row| pins(list, &row.name))) {
        problems.push(format!("ARCHITECTURE.md justifies nothing of {}", list.path));
    }
    problems
}

/// Whether a line of Rust names a crate: `name::…`, `use name;` or `use name as …`.
fn uses(line: &str, name: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    line.match_indices(name).filter(|(at, _)| begins(*at)).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        after.starts_with("::") || (before.ends_with("use ") && after.starts_with([';', ' ']))
    })
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Dependency;
    use super::*;

    fn manifest(folder: &str, dependencies: &[(&str, bool)]) -> Manifest {
        let dependency = |(name, dev): &(&str, bool)| Dependency { name: (*name).to_owned(), dev: *dev, ours: false };
        Manifest {
            name: folder.trim_matches('/').to_owned(),
            folder: folder.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: Vec::new(),
        }
    }

    fn row(kind: Kind, name: &str) -> Row {
        Row { kind, name: name.to_owned(), reason: "tests".to_owned(), licence: "MIT".to_owned() }
    }

    #[test]
    fn a_dependency_that_no_code_names_is_unused() {
        let files = [
            File::new(
                "a/src/lib.rs",
                "use one_two::X;\n// three::X\n/// four::x();\nlet five = \"five\"; x_five::y(); a::five::b();\n",
            ),
            File::new("a/nested/src/lib.rs", "use five::X;"),
            File::new("a/tests/b.rs", "#[path = \"../../shared/./c.rs\"]\nmod c;\n"),
            File::new("shared/c.rs", "use seven::X;"),
        ];
        let dependencies = [("one-two", false), ("three", false), ("four", true), ("five", false), ("seven", true)];
        let manifests = [manifest("a/", &dependencies), manifest("a/nested/", &[])];
        assert_eq!(
            unused(&files, &manifests),
            ["a depends on three and never names it", "a depends on five and never names it"]
        );
    }

    #[test]
    fn a_dependency_needs_a_row_and_a_row_a_dependency() {
        let table = [row(Kind::Rust, "one"), row(Kind::Rust, "old"), row(Kind::Npm, "two"), row(Kind::Rust, "one")];
        let names = ["one", "two"].map(str::to_owned).into();
        assert_eq!(
            unjustified(Kind::Rust, &names, &table),
            [
                "ARCHITECTURE.md does not say what the Rust dependency two is for",
                "ARCHITECTURE.md justifies the Rust dependency old, which nothing has",
                "ARCHITECTURE.md justifies the Rust dependency one twice",
            ]
        );
    }

    #[test]
    fn what_the_workspace_offers_is_taken() {
        let text =
            "[workspace.dependencies]\n# said\none = \"1\"\ntwo = { version = \"1\" }\n\n[profile.dev]\nthree = 1\n";
        let problems = idle(&[File::new("Cargo.toml", text)], &[manifest("a/", &[("one", false)])]);
        assert_eq!(problems, ["Cargo.toml offers two to the workspace, and no member takes it"]);
    }

    #[test]
    fn an_npm_package_is_named_beside_its_manifest() {
        let files = [
            File::new(
                "a/package.json",
                r#"{"dependencies": {"one": "1", "two": "1"}, "devDependencies": {"@types/node": "1"}}"#,
            ),
            File::new("a/package-lock.json", "two"),
            File::new("a/src/x.mjs", r#"import "one"; const types = ["node"];"#),
            File::new("b/y.mjs", "two"),
        ];
        assert_eq!(
            unused_npm(&files, &[("a", "one", "no longer")]),
            ["one is named, which is no exception then", "a/package.json asks for two, and nothing names it"]
        );
        assert_eq!(unused_npm(&files, &[("a", "two", "a plugin")]), [""; 0]);
        assert_eq!(npm(&files).len(), 3);
    }

    #[test]
    fn a_list_of_python_packages_has_one_that_is_justified() {
        let files = [
            File::new("a/requirements.txt", "# said\none==1\ntwo==2\n"),
            File::new("b/requirements.txt", "three==3\n"),
        ];
        let table = [row(Kind::Python, "one"), row(Kind::Python, "four")];
        assert_eq!(
            python(&files, &table),
            [
                "ARCHITECTURE.md justifies four, which no requirements.txt pins",
                "ARCHITECTURE.md justifies nothing of b/requirements.txt",
            ]
        );
    }
}
