//! `cargo xtask tidy`: what no compiler checks, so that whoever reads the project can believe it.

mod commands;
mod dependencies;
mod dependency_table;
mod examples;
mod file;
mod licences;
mod metadata;
mod page;
mod sizes;

use crate::test::cargo;
use crate::{complain, root};

/// The checks, and the tests that keep documents and code together.
pub(crate) fn run() -> Result<String, String> {
    let report = check()?;
    cargo(&["test", "--quiet", "--package", "ajo-emulator", "--test", "fidelity", "--locked"], &[])?;
    cargo(
        &["test", "--quiet", "--package", "ajo", "--lib", "--test", "cli", "--locked", "--", "documented", "readme"],
        &[],
    )?;
    cargo(&["test", "--quiet", "--package", "ajo-tests", "--test", "suites", "--locked", "--", "docs::"], &[])?;
    Ok(format!("{report}; documents and code agree"))
}

/// The checks alone, which take some seconds: `cargo xtask test` runs the tests among the others.
pub(crate) fn check() -> Result<String, String> {
    let files = file::tree(root())?;
    let manifests = metadata::manifests()?;
    let table = dependency_table::read(&files)?;
    let mut problems = Vec::new();
    let mut part = |what: &str, found: Vec<String>| {
        complain(&format!(
            "    {what}: {}",
            if found.is_empty() { "yes".to_owned() } else { format!("{} problems", found.len()) }
        ));
        problems.extend(found);
    };
    part("no file outgrows its reason", sizes::check(&files));
    part("every documented command exists", commands::check(&files, &manifests));
    part("every public item has an example", examples::check(&files)?);
    part("every dependency is used and justified", dependencies::check(&files, &manifests, &table));
    part("every licence of npm's packages is the one that is written down", licences::npm(&files, &table));
    if let Some(found) = licences::rust(&table) {
        part("every licence of crates is the one that is written down", found);
    }
    if let Some(found) = licences::deny()? {
        part("every licence and source is allowed", found);
    }
    if problems.is_empty() {
        Ok(format!("{} files are tidy", files.len()))
    } else {
        Err(format!("{} things are not tidy:\n  {}", problems.len(), problems.join("\n  ")))
    }
}
