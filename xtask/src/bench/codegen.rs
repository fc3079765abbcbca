//! What builds wait for: the check of the generated code, and a program that depends on ajo-core.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::program::printed;
use super::report::{Report, Row};
use crate::{complain, root};

/// The program, which calls the service once.
const MAIN: &str = "fn main() {\n    let client = ajo_core::Client::builder().from_env().and_then(|builder| builder.build()).expect(\"settings\");\n    \
     let call = async { client.capping().list().await };\n    \
     println!(\"{:?}\", tokio::runtime::Builder::new_current_thread().enable_all().build().expect(\"a runtime\").block_on(call));\n}\n";

/// Measures.
pub(super) fn run() -> Result<String, String> {
    let mut report = Report::new("codegen");
    complain("==> generate --check");
    let mut check = Command::new(env!("CARGO"));
    check.args(["xtask", "generate", "--check"]).current_dir(root());
    // Once for cargo to find that nothing has to be built.
    printed(&mut check)?;
    let began = Instant::now();
    printed(&mut check)?;
    let check = began.elapsed().as_secs_f64();

    complain("==> a cold build of a program that depends on ajo-core");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let ours = folder.path().join("ours");
    project(&ours, &format!("ajo-core = {{ path = {:?} }}", root().join("crates/core").display().to_string()), MAIN)?;
    let plain = folder.path().join("plain");
    let reqwest = "reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"rustls\"] }\n\
                   serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"";
    project(&plain, reqwest, "fn main() {}\n")?;
    let (all, beside) = (crates(&ours)?, crates(&plain)?);
    let began = Instant::now();
    printed(cargo(&ours).args(["build", "--quiet"]))?;
    let build = began.elapsed().as_secs_f64();
    let began = Instant::now();
    printed(cargo(&plain).args(["build", "--quiet"]))?;
    let plain_build = began.elapsed().as_secs_f64();
    report.add(Row::new("generate --check, beside the cold build", check, "s").ratio(check / build));
    report.add(Row::new("cold build", build, "s").ratio(build / plain_build));
    report.add(Row::new("cold build of one with reqwest alone", plain_build, "s"));
    report.add(Row::new("crates", count(&all), "").ratio(count(&all) / count(&beside)));
    report.add(Row::new("crates of one with reqwest alone", count(&beside), ""));
    let twice = twice(&all);
    if !twice.is_empty() {
        report.remark(format!("More than once: {}.", twice.iter().copied().collect::<Vec<_>>().join(", ")));
    }
    report.add(Row::new("crates in the tree twice", count_of(twice.len()), ""));
    let more: Vec<_> = all.difference(&beside).map(String::as_str).collect();
    report.remark(format!("What it has more than one with reqwest alone: {}.", more.join(", ")));
    report.finish()
}

/// A program with these dependencies, in the versions that this workspace is tested with.
fn project(folder: &Path, dependencies: &str, main: &str) -> Result<(), String> {
    let manifest = format!(
        "[package]\nname = \"cold\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\", \"net\", \"time\"] }}\n"
    );
    let write = || {
        fs::create_dir_all(folder.join("src"))?;
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), main)
    };
    write().map_err(|error| format!("{}: {error}", folder.display()))
}

/// cargo, there, with a target folder of its own.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")).env_remove("RUSTC_WRAPPER");
    cargo
}

/// Every crate that a program is built from, on this system, with its version; not the program itself.
fn crates(folder: &Path) -> Result<BTreeSet<String>, String> {
    let tree = printed(cargo(folder).args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]))?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name).filter(|name| !name.starts_with("cold ")).collect())
}

/// Those that are there in more than one version.
fn twice(all: &BTreeSet<String>) -> BTreeSet<&str> {
    let names: Vec<_> = all.iter().filter_map(|one| one.split(' ').next()).collect();
    names.iter().filter(|name| names.iter().filter(|other| other == name).count() > 1).copied().collect()
}

fn count(all: &BTreeSet<String>) -> f64 {
    count_of(all.len())
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn count_of(number: usize) -> f64 {
    number as f64
}
