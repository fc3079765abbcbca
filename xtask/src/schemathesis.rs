//! `cargo xtask test schemathesis`: both specifications against the emulator, with `tests/schemathesis/`.

use std::process::Command;

use crate::{complain, root};

const SCRIPT: &str = "tests/schemathesis/run.sh";

/// With this the script says that it cannot run here; it is what automake's tests say, too.
const SKIPPED: i32 = 77;

/// Whether it ran, if nothing failed.
enum Outcome {
    Passed,
    Skipped(String),
}

/// Runs it where that is possible, and says why where it is not: Python is not part of a Rust installation, and the packages come
/// over the network.
pub(crate) fn run_if_possible() -> Result<(), String> {
    complain("==> schemathesis finds nothing in the emulator's answers");
    if let Outcome::Skipped(reason) = start()? {
        complain(&format!("==> skipped: schemathesis, because {reason}"));
    }
    Ok(())
}

/// Runs it. It was asked for by name, so it is an error when it cannot run.
pub(crate) fn run() -> Result<String, String> {
    match start()? {
        Outcome::Passed => Ok("schemathesis finds nothing".to_owned()),
        Outcome::Skipped(reason) => Err(reason),
    }
}

fn start() -> Result<Outcome, String> {
    complain(&format!("    {SCRIPT}"));
    let status = match Command::new("sh").arg(SCRIPT).current_dir(root()).status() {
        Ok(status) => status,
        Err(error) => return Ok(Outcome::Skipped(format!("there is no sh: {error}"))),
    };
    match status.code() {
        Some(0) => Ok(Outcome::Passed),
        Some(SKIPPED) => Ok(Outcome::Skipped("of what the script said above".to_owned())),
        _ => Err(format!("`{SCRIPT}` ended with {status}")),
    }
}
