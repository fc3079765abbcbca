//! `cargo xtask test bundlers`: the packed package in bundlers, a browser and test runners, with `crates/wasm/npm/bundlers/`.

use super::{out, pack, prepare, run, target, text};
use crate::{complain, test};

/// Runs the tests. They were asked for by name, so it is an error when they cannot run.
pub(crate) fn test() -> Result<String, String> {
    prepare()?;
    let tarball = text(&pack()?);
    run_prepared(&tarball)?;
    Ok("the npm package works in bundlers, a browser, Next.js, Jest and Vitest, and its examples run".to_owned())
}

/// The tests, with a package that is there. What needs a browser says so where there is none.
pub(super) fn run_prepared(tarball: &str) -> Result<(), String> {
    complain("==> the npm package works in bundlers, a browser, Next.js, Jest and Vitest, and its examples run");
    test::cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run("node", &["bundlers/run.mjs", &ajo(), tarball, &text(&out("bundlers"))])
}

fn ajo() -> String {
    text(&target().join("debug").join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}
