//! `cargo xtask test runtimes`: the tarball in real runtimes, with `crates/wasm/npm/runtimes/`.

use super::folders::{ajo, display, out};
use super::package::pack;
use crate::process::{cargo, run_in};
use crate::workspace::root;

/// The folder of the runtimes, from the root of the workspace. Each is a package with a program for one system in it.
pub(crate) const FOLDER: &str = "crates/wasm/npm/runtimes";

pub(crate) fn test() -> Result<(), String> {
    let tarball = display(&pack()?);
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run_in(&root().join(FOLDER), "node", &["run.mjs", &tarball, &ajo("debug"), &display(&out("runtimes/fixture"))])
}
