//! `cargo xtask test bundlers`: the packed package in bundlers, a browser, and test runners, with `crates/wasm/npm/bundlers/`.

use super::folders::{display, out, run};
use super::package::pack;
use crate::process::cargo;
use crate::workspace::target;

/// Parts that need a browser report that themselves when there is none.
pub(crate) fn test() -> Result<(), String> {
    let tarball = display(&pack()?);
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run("node", &["bundlers/run.mjs", &ajo(), &tarball, &display(&out("bundlers"))])
}

fn ajo() -> String {
    display(&target().join("debug").join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}
