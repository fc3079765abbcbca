//! `cargo xtask test browser`: the emulator's web UI in a real Chromium, with `tests/browser/`.

use crate::process::{cargo, run_in};
use crate::workspace::root;

/// The folder of the tests, from the root of the workspace.
pub(crate) const FOLDER: &str = "tests/browser";

pub(crate) fn test() -> Result<(), String> {
    cargo(&["build", "--package", "ajo-emulator", "--example", "page", "--locked"], &[])?;
    // One file at a time, because each starts a browser of its own.
    run_in(&root().join(FOLDER), "node", &["--test", "--test-concurrency=1"])
}
