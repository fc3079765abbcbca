//! `cargo xtask test frameworks`: builds and serves projects of web frameworks, with `crates/wasm/npm/frameworks/`.

use super::folders::{SOURCES_FOLDER, ajo_program, build_folder, path_string, run_in_sources};
use super::package::{pack, pack_emulator};
use crate::process::cargo;
use crate::requirement::{Requirement, WASM32};

/// Requirements of the step.
pub(crate) const REQUIREMENTS: &[Requirement] = &[
    Requirement::LinuxOnX64,
    Requirement::Node,
    Requirement::RustTarget(WASM32),
    Requirement::WasmBindgen,
    Requirement::NpmPackages(SOURCES_FOLDER),
    Requirement::NpmProject("crates/wasm/npm/frameworks", FOLDER),
];
/// The build folder with the installed packages.
const FOLDER: &str = "frameworks";

pub(crate) fn test() -> Result<(), String> {
    let (tarball, emulator) = (path_string(&pack()?), path_string(&pack_emulator()?));
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run_in_sources(
        "node",
        &["frameworks/run.mjs", &ajo_program("debug"), &tarball, &emulator, &path_string(&build_folder(FOLDER))],
    )
}
