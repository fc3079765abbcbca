//! `cargo xtask test bundlers`: the packed package in bundlers, a browser, and test runners, with `crates/wasm/npm/bundlers/`.

use super::folders::{ajo, display, out, run};
use super::package::pack;
use crate::process::cargo;

/// Parts that need a browser report that themselves when there is none.
pub(crate) fn test() -> Result<(), String> {
    let tarball = display(&pack()?);
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run("node", &["bundlers/run.mjs", &ajo("debug"), &tarball, &display(&out("bundlers"))])
}
