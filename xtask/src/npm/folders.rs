//! Folders of the npm packages, and helpers that run their scripts.

use std::path::{Path, PathBuf};

use crate::process::run_in;
use crate::workspace::{root, target};

/// The folder of the package's sources, relative to the workspace root.
pub(crate) const SOURCES_FOLDER: &str = "crates/wasm/npm";

/// The folder of the sources of `ajo-limits-emulator`.
pub(crate) const EMULATOR_SOURCES_FOLDER: &str = "crates/emulator-wasm/npm";

pub(crate) fn sources_folder() -> PathBuf {
    root().join(SOURCES_FOLDER)
}

/// A build folder of the package or of its tests.
pub(crate) fn build_folder(part: &str) -> PathBuf {
    target().join("npm").join(part)
}

pub(crate) fn path_string(path: &Path) -> String {
    path.display().to_string()
}

/// The path of `ajo`, built with this profile.
pub(crate) fn ajo_program(profile: &str) -> String {
    path_string(&target().join(profile).join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs a program in the sources folder.
pub(crate) fn run_in_sources(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_in(&sources_folder(), program, arguments)
}

/// Runs one of the package's scripts.
pub(super) fn run_script(script: &str, arguments: &[&str]) -> Result<(), String> {
    run_in_sources("node", &[&[format!("scripts/{script}").as_str()], arguments].concat())
}
