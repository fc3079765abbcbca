//! The crates of a program that depends on ajo-core, compared with one that depends on reqwest alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bench::report::{Report, Row};
use crate::process::capture;
use crate::workspace::root;

/// The other program has the same reqwest, TLS, tokio and `serde_json`.
const REQWEST: &str = r#"reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1""#;

/// Counts them.
pub(super) fn count(report: &mut Report) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = root().join("crates/core").display().to_string();
    let ours = crates(&folder.path().join("ours"), &format!("ajo-core = {{ path = {path:?} }}"))?;
    let plain = crates(&folder.path().join("plain"), REQWEST)?;
    let names: Vec<_> = ours.iter().filter_map(|it| it.split(' ').next()).collect();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    report.add(Row::new("crates", count_of(ours.len()), "", Some(count_of(ours.len()) / count_of(plain.len()))));
    report.add(Row::new("crates with reqwest alone", count_of(plain.len()), "", None));
    report.add(Row::new("crates in more than one version", count_of(twice.len()), "", None));
    if !twice.is_empty() {
        report.note(format!("In more than one version: {}.", twice.join(", ")));
    }
    let more: Vec<_> = ours.difference(&plain).map(String::as_str).collect();
    report.note(format!("Crates that reqwest alone does not need: {}.", more.join(", ")));
    Ok(())
}

/// Every crate on this system that a program with these dependencies is built from, in the versions of our Cargo.lock.
fn crates(folder: &Path, dependencies: &str) -> Result<BTreeSet<String>, String> {
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
    let tree = capture(Command::new(env!("CARGO")).args(arguments).current_dir(folder))?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name).filter(|name| !name.starts_with("cold ")).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
const fn count_of(number: usize) -> f64 {
    number as f64
}
