//! `cargo xtask test schemathesis`: both specifications against the emulator, with `tests/schemathesis/`.

use std::path::Path;

use crate::process::run_in;
use crate::workspace::root;

/// Installs schemathesis below `target` and runs it.
pub(crate) fn test() -> Result<(), String> {
    run_in(root(), "sh", &[&Path::new("tests/schemathesis/run.sh").display().to_string()])
}
