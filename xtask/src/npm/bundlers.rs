//! `cargo xtask test bundlers` and `cargo xtask bench npm`: the packed package in what people build and test with, and beside
//! what they would take in its place, with `crates/wasm/npm/bundlers/` and `crates/wasm/npm/bench/`.

use super::{out, pack, prepare, run, runtimes, target, text};
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
    run("node", &["bundlers/run.mjs", &ajo("debug"), tarball, &text(&out("bundlers"))])
}

/// The package beside what else there is, and in other runtimes where those are to be had: a table, and JSON under target/bench/.
pub(crate) fn bench() -> Result<(), String> {
    prepare()?;
    runtimes::install_if_possible()?;
    let tarball = text(&pack()?);
    test::cargo(&["build", "--release", "--package", "ajo", "--locked"], &[])?;
    let figures = text(&target().join("bench"));
    run("node", &["bench/run.mjs", &ajo("release"), &tarball, &text(&out("bench")), &figures])
}

fn ajo(profile: &str) -> String {
    text(&target().join(profile).join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}
