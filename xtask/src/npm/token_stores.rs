//! `cargo xtask test token-stores`: tests the package's token stores in workerd and with `ajo`, and the examples of token stores.

use super::folders::{ajo_program, build_folder, path_string, run_in_sources};
use super::package::pack;
use crate::process::cargo;

/// The folder of the tests, with the packages of the examples.
pub(crate) const FOLDER: &str = "crates/wasm/npm/test/stores";

pub(crate) fn test() -> Result<(), String> {
    run_in_sources("node", &["test/stores/examples.mjs"])?;
    pack()?;
    let package = path_string(&build_folder("package"));
    run_in_sources("node", &["test/stores/isolates.mjs", &package])?;
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    let ajo = ajo_program("debug");
    let test = ["node", "test/stores/shared-files.mjs", &ajo, &package];
    run_in_sources(&ajo, &[&["emulator", "exec", "--"], &test[..]].concat())
}
