//! `cargo xtask test runtimes`: tests the tarball in real runtimes, with `crates/wasm/npm/runtimes/`.

use super::folders::{ajo_program, build_folder, path_string};
use super::package::{pack, pack_emulator};
use crate::process::{cargo, run_in};
use crate::workspace::root;

/// The folder of the runtimes, relative to the workspace root. Each runtime is an npm package with a program for one platform.
pub(crate) const FOLDER: &str = "crates/wasm/npm/runtimes";

pub(crate) fn test() -> Result<(), String> {
    let (tarball, emulator) = (path_string(&pack()?), path_string(&pack_emulator()?));
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run_in(
        &root().join(FOLDER),
        "node",
        &["run.mjs", &tarball, &emulator, &ajo_program("debug"), &path_string(&build_folder("runtimes/fixture"))],
    )
}
