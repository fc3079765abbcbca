//! `cargo xtask test bundlers`: tests the package in bundlers, a browser, and test runners, with `crates/wasm/npm/bundlers/`,
//! and runs the recipes in the README of the emulator's package.

use super::folders::{EMULATOR_SOURCES_FOLDER, SOURCES_FOLDER, ajo_program, build_folder, path_string, run_in_sources};
use super::package::{pack, pack_emulator};
use crate::process::cargo;
use crate::requirement::{Requirement, WASM32};
use crate::workspace::root;

/// Requirements of the step.
pub(crate) const REQUIREMENTS: &[Requirement] = &[
    Requirement::Node,
    Requirement::RustTarget(WASM32),
    Requirement::WasmBindgen,
    Requirement::NpmPackages(SOURCES_FOLDER),
    Requirement::NpmProject("crates/wasm/npm/bundlers", FOLDER),
];
/// The build folder with the installed packages.
const FOLDER: &str = "bundlers";

/// Tests that need a browser skip themselves and report it.
pub(crate) fn test() -> Result<(), String> {
    let (tarball, emulator) = (path_string(&pack()?), path_string(&pack_emulator()?));
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    let recipes = path_string(&root().join(EMULATOR_SOURCES_FOLDER).join("recipes/run.mjs"));
    run_in_sources("node", &[&recipes, &emulator, &tarball, &path_string(&build_folder("recipes"))])?;
    run_in_sources(
        "node",
        &["bundlers/run.mjs", &ajo_program("debug"), &tarball, &emulator, &path_string(&build_folder(FOLDER))],
    )
}
