//! Folders of the npm package, and running its scripts in them.

use std::path::{Path, PathBuf};

use crate::process::run_in;
use crate::workspace::{root, target};

/// The folder of the package's sources, from the root of the workspace.
pub(crate) const SOURCES: &str = "crates/wasm/npm";

pub(crate) fn sources() -> PathBuf {
    root().join(SOURCES)
}

/// A folder that the package and its tests are built into.
pub(crate) fn out(part: &str) -> PathBuf {
    target().join("npm").join(part)
}

pub(crate) fn display(path: &Path) -> String {
    path.display().to_string()
}

/// The command `ajo` of a build profile.
pub(crate) fn ajo(profile: &str) -> String {
    display(&target().join(profile).join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs a program in the folder of the sources.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_in(&sources(), program, arguments)
}

/// Runs one of the package's scripts.
pub(super) fn run_script(script: &str, arguments: &[&str]) -> Result<(), String> {
    run("node", &[&[format!("scripts/{script}").as_str()], arguments].concat())
}
