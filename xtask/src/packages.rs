//! Checks in seconds that the published crates are complete. `cargo publish --workspace --dry-run` also compiles them, in minutes.

mod included_files;
mod manifest_problems;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::output::log;
use crate::process::read_output;
use crate::workspace::root;

/// The licenses, in the root and in each published crate.
const LICENSES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// Checks all published crates, and reports all problems together.
pub(crate) fn check() -> Result<(), String> {
    let metadata = read_output(env!("CARGO"), &["metadata", "--no-deps", "--format-version=1", "--locked"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (published, unpublished): (Vec<&Value>, Vec<&Value>) =
        packages.iter().partition(|package| is_published(package));
    let names: BTreeSet<&str> = published.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut problems = Vec::new();
    // Otherwise `cargo package --workspace` warns.
    for package in unpublished.into_iter().filter(|package| package["repository"].is_null()) {
        problems.push(format!("{}: the field repository is missing", package["name"].as_str().unwrap_or_default()));
    }
    for package in &published {
        let name = package["name"].as_str().unwrap_or_default();
        let mut found = manifest_problems::find(package, &names);
        found.extend(find_file_problems(name, package)?);
        problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
    }
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    log(&format!("    {} crates can be published", published.len()));
    Ok(())
}

/// `publish` is missing, or an empty list for `publish = false`.
fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

fn find_file_problems(name: &str, package: &Value) -> Result<Vec<String>, String> {
    let list = ["package", "--package", name, "--list", "--allow-dirty", "--locked"];
    // With `/` on every system.
    let files = read_output(env!("CARGO"), &list)?.replace('\\', "/");
    let files: BTreeSet<&str> = files.lines().collect();
    let folder = package["manifest_path"].as_str().map(Path::new).and_then(Path::parent).unwrap_or(root());
    let read = |file: &str| fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"));

    let mut problems = Vec::new();
    for license in LICENSES {
        // It is a link, which git for Windows may have written as a text file.
        if !files.contains(license) {
            problems.push(format!("{license} is missing; link it to the one in the root"));
        } else if cfg!(unix) && read(license)? != fs::read_to_string(root().join(license)).unwrap_or_default() {
            problems.push(format!("{license} differs from the one in the root"));
        }
    }
    if files.contains("README.md") {
        problems.extend(manifest_problems::find_in_readme(package, &read("README.md")?));
    } else {
        problems.push("README.md is missing".to_owned());
    }
    for file in files.iter().filter(|file| is_compiled_by_users(file)) {
        for included in included_files::find(file, &read(file)?)? {
            if !files.contains(included.as_str()) {
                problems.push(format!("{file} includes {included}, which is not in the package"));
            }
        }
    }
    Ok(problems)
}

/// Whether a file is part of the library or the program, and not only of tests.
fn is_compiled_by_users(file: &str) -> bool {
    let Some(path) = file.strip_prefix("src/").map(Path::new) else { return false };
    let is_test = path.iter().any(|part| part == "tests" || part == "tests.rs");
    path.extension().is_some_and(|extension| extension == "rs") && !is_test
}
