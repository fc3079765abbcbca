//! Licences: what ARCHITECTURE.md says of a dependency is what its own manifest says, and all of them are allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::dependency_table::{Kind, Row};
use super::file::File;
use super::metadata::{list, metadata, text};
use crate::test::runs;
use crate::{complain, root};

/// Licences by the name of a package; several where there are several versions.
type Licences = BTreeMap<String, BTreeSet<String>>;

/// Lines of what cargo-deny says that are shown.
const MOST_LINES: usize = 20;

/// Those of npm's packages, by the lock files.
pub(super) fn npm(files: &[File], table: &[Row]) -> Vec<String> {
    compare(Kind::Npm, &locked(files), table)
}

/// Those of the crates that the workspace depends on, by their own manifests. All of these have to be there, also of crates for
/// other systems, which no build fetches; nothing where they are not.
pub(super) fn rust(table: &[Row]) -> Option<Vec<String>> {
    match metadata(&["--locked"]) {
        Ok(metadata) => {
            let packages = list(&metadata["packages"]).iter();
            let licences = packages.map(|package| (text(&package["name"]), text(&package["license"])));
            Some(compare(Kind::Rust, &collect(licences), table))
        }
        Err(problem) => {
            complain(&format!("    skipped: the licences of crates, because {problem}"));
            None
        }
    }
}

fn collect(licences: impl Iterator<Item = (String, String)>) -> Licences {
    let mut all = Licences::new();
    for (name, licence) in licences {
        all.entry(name).or_default().insert(normal(&licence));
    }
    all
}

/// What npm noted of each package when it was locked. An alias is locked under its own name.
fn locked(files: &[File]) -> Licences {
    let locks = files.iter().filter(|file| file.path.ends_with("/package-lock.json"));
    let locks: Vec<Value> = locks.filter_map(|file| serde_json::from_str(&file.text).ok()).collect();
    let packages = locks.iter().filter_map(|lock| lock["packages"].as_object()).flatten();
    collect(packages.filter_map(|(path, package)| {
        let name = path.strip_prefix("node_modules/").filter(|name| !name.contains("node_modules/"))?;
        Some((name.to_owned(), package["license"].as_str()?.to_owned()))
    }))
}

/// Rows of what is not known, as that of a crate outside of the workspace, are left alone.
fn compare(kind: Kind, licences: &Licences, table: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    for row in table.iter().filter(|row| row.kind == kind) {
        let Some(known) = licences.get(&row.name) else { continue };
        if !known.contains(&normal(&row.licence)) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let known = known.join(", or in another version ");
            problems.push(format!(
                "ARCHITECTURE.md says that {} is under {}, and it is under {known}",
                row.name, row.licence
            ));
        }
    }
    problems
}

/// `Apache-2.0/MIT`, `(MIT OR Apache-2.0)` and `MIT or Apache-2.0` are the same.
fn normal(licence: &str) -> String {
    let licence = licence.replace(['(', ')'], "").replace(" OR ", " or ").replace('/', " or ");
    let mut parts: Vec<&str> = licence.split(" or ").map(str::trim).collect();
    parts.sort_unstable();
    parts.join(" or ")
}

/// cargo-deny by deny.toml: licences, crates that are there twice, where they come from. Nothing where it is not installed.
pub(super) fn deny() -> Result<Option<Vec<String>>, String> {
    let Some(program) = program() else {
        complain(
            "    skipped: deny.toml, because there is no cargo-deny; `cargo install cargo-deny --locked` installs it",
        );
        return Ok(None);
    };
    let arguments =
        ["--workspace", "--all-features", "--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let output = output.map_err(|error| format!("failed to start cargo-deny: {error}"))?;
    if output.status.success() {
        return Ok(Some(Vec::new()));
    }
    Ok(Some(vec![format!("cargo-deny says:\n{}", beginning(&String::from_utf8_lossy(&output.stderr)))]))
}

/// Of what it says, which can be thousands of lines, what fits beside other problems.
fn beginning(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    let shown = lines[..lines.len().min(MOST_LINES)].join("\n");
    match lines.len() - lines.len().min(MOST_LINES) {
        0 => shown,
        more => format!("{shown}\n… and {more} lines more; `cargo deny check` says all of it"),
    }
}

/// Where it is found: in the path, or where `cargo install` puts it.
fn program() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let installed = home.map(|home| home.join("bin").join("cargo-deny"));
    let candidates = std::iter::once(PathBuf::from("cargo-deny")).chain(installed);
    candidates.into_iter().find(|it| runs(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, licence: &str) -> Row {
        Row { kind: Kind::Npm, name: name.to_owned(), reason: String::new(), licence: licence.to_owned() }
    }

    #[test]
    fn a_licence_is_compared_however_it_is_written() {
        for same in ["MIT or Apache-2.0", "Apache-2.0 OR MIT", "(MIT OR Apache-2.0)", "MIT/Apache-2.0"] {
            assert_eq!(normal(same), "Apache-2.0 or MIT");
        }
        assert_eq!(normal("MIT"), "MIT");
    }

    #[test]
    fn a_row_says_the_licence_that_npm_has_locked() {
        let lock = r#"{"packages": {"": {"license": "MIT"}, "node_modules/@a/b": {"license": "ISC"},
            "node_modules/c": {"license": "(MIT OR Apache-2.0)"}, "node_modules/c/node_modules/@a/b": {"license": "MIT"}}}"#;
        let licences = locked(&[File::new("x/package-lock.json", lock)]);
        let table = [row("@a/b", "MIT"), row("c", "MIT or Apache-2.0"), row("unknown", "MIT")];
        assert_eq!(
            compare(Kind::Npm, &licences, &table),
            ["ARCHITECTURE.md says that @a/b is under MIT, and it is under ISC"]
        );
    }

    #[test]
    fn of_what_cargo_deny_says_the_beginning_is_shown() {
        assert_eq!(beginning("a\nb\n"), "a\nb");
        let shown = beginning(&"x\n".repeat(23));
        assert_eq!(shown.lines().count(), MOST_LINES + 1);
        assert!(shown.ends_with("… and 3 lines more; `cargo deny check` says all of it"), "{shown}");
    }
}
