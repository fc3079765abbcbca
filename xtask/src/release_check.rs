//! `cargo xtask release-check`: the command works in a container that has nothing else.

use std::path::Path;

use crate::process::run_in;
use crate::workspace::root;

/// Runs the command of an archive in an empty root with a CA bundle.
pub(crate) fn run(file: &Path) -> Result<String, String> {
    let path = std::path::absolute(file).map_err(|error| format!("{}: {error}", file.display()))?;
    run_in(&root().join("tests/release"), "python3", &["empty_root.py", &path.display().to_string()])?;
    Ok(format!("{} works in an empty root", file.display()))
}
