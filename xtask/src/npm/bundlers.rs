//! `cargo xtask test bundlers`: tests the package in bundlers, a browser, and test runners, with `crates/wasm/npm/bundlers/`.

use super::folders::{ajo_program, build_folder, path_string, run_in_sources};
use super::package::{pack, pack_emulator};
use crate::process::cargo;

/// Tests that need a browser skip themselves and report it.
pub(crate) fn test() -> Result<(), String> {
    let (tarball, emulator) = (path_string(&pack()?), path_string(&pack_emulator()?));
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run_in_sources(
        "node",
        &["bundlers/run.mjs", &ajo_program("debug"), &tarball, &emulator, &path_string(&build_folder("bundlers"))],
    )
}
