//! Counts the crates of a program that depends on ajo-core, and of one that depends on reqwest alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bench::report::{BenchFigure, BenchReport};
use crate::process::capture_stdout;
use crate::workspace::root;

/// The other program has the same reqwest, TLS, tokio, and `serde_json`.
const REQWEST_DEPENDENCIES: &str = r#"reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1""#;

pub(super) fn count(report: &mut BenchReport) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = root().join("crates/core").display().to_string();
    let ajo_core = list_crates(&folder.path().join("ajo_core"), &format!("ajo-core = {{ path = {path:?} }}"))?;
    let reqwest_only = list_crates(&folder.path().join("reqwest_only"), REQWEST_DEPENDENCIES)?;
    let names: Vec<_> = ajo_core.iter().filter_map(|it| it.split(' ').next()).collect();
    let duplicates: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    report.add(BenchFigure::new(
        "crates",
        to_f64(ajo_core.len()),
        "",
        Some(to_f64(ajo_core.len()) / to_f64(reqwest_only.len())),
    ));
    report.add(BenchFigure::new("crates with reqwest alone", to_f64(reqwest_only.len()), "", None));
    report.add(BenchFigure::new("crates in more than one version", to_f64(duplicates.len()), "", None));
    if !duplicates.is_empty() {
        report.add_note(format!("In more than one version: {}.", duplicates.join(", ")));
    }
    let additional: Vec<_> = ajo_core.difference(&reqwest_only).map(String::as_str).collect();
    report.add_note(format!("Crates that reqwest alone does not need: {}.", additional.join(", ")));
    Ok(())
}

/// Lists the crates that this platform needs for these dependencies, in the versions of our Cargo.lock.
fn list_crates(folder: &Path, dependencies: &str) -> Result<BTreeSet<String>, String> {
    let manifest = format!(
        "[package]\nname = \"cold\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\", \"net\", \"time\"] }}\n"
    );
    let write = || {
        fs::create_dir_all(folder.join("src"))?;
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), "fn main() {}\n")
    };
    write().map_err(|error| format!("{}: {error}", folder.display()))?;
    let arguments = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    let tree = capture_stdout(Command::new(env!("CARGO")).args(arguments).current_dir(folder))?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name).filter(|name| !name.starts_with("cold ")).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
const fn to_f64(number: usize) -> f64 {
    number as f64
}
