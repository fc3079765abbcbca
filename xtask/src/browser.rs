//! `cargo xtask test browser`: the emulator's page in a real Chromium, with `tests/browser/`.

use std::path::Path;
use std::process::Command;

use crate::{complain, root, test};

/// Where Debian has it; another is named by the variable.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMIUM_VARIABLE: &str = "AJO_CHROMIUM";

/// Runs the tests where that is possible, and says why where it is not: a browser is not part of a Rust installation.
pub(crate) fn run_if_possible() -> Result<(), String> {
    match prepare() {
        Ok(()) => run_prepared(),
        Err(missing) => {
            complain(&format!("==> skipped: the emulator's page in a browser, because {missing}"));
            Ok(())
        }
    }
}

/// Runs the tests. They were asked for by name, so it is an error when they cannot run.
pub(crate) fn run() -> Result<String, String> {
    prepare()?;
    run_prepared()?;
    Ok("the page works".to_owned())
}

fn run_prepared() -> Result<(), String> {
    complain("==> the emulator's page works in a browser");
    test::cargo(&["build", "--package", "ajo-emulator", "--example", "page", "--locked"], &[])?;
    // One file at a time, because each starts a browser of its own.
    node("node", &["--test", "--test-concurrency=1"])
}

/// Looks for what the tests need, and installs the packages among it; else says what is missing.
fn prepare() -> Result<(), String> {
    if !test::has_node() {
        return Err(format!("there is no node {} or newer", test::OLDEST_NODE));
    }
    if !test::runs("npm") {
        return Err("there is no npm".to_owned());
    }
    let chromium = std::env::var(CHROMIUM_VARIABLE).unwrap_or_else(|_| CHROMIUM.to_owned());
    if !Path::new(&chromium).exists() {
        return Err(format!("there is no {chromium}; {CHROMIUM_VARIABLE} can name another"));
    }
    // Without the packages' own scripts: none of the three needs one.
    node("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

fn node(program: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    complain(&format!("    {line}"));
    let status = Command::new(program)
        .args(arguments)
        .current_dir(root().join("tests/browser"))
        .status()
        .map_err(|error| format!("failed to start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}")) }
}
