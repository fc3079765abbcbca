//! `cargo xtask test bundlers` and `cargo xtask bench npm`: the packed package in what people build and test with, and compared
//! with alternatives, with `crates/wasm/npm/bundlers/` and `crates/wasm/npm/bench/`.

use super::folders::{display, out, run};
use super::package::{pack, prepare};
use super::runtimes;
use crate::need::Need;
use crate::output::log;
use crate::process::cargo;
use crate::workspace::target;

/// Parts that need a browser report that themselves when there is none.
pub(crate) fn test() -> Result<(), String> {
    let tarball = display(&pack()?);
    cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    run("node", &["bundlers/run.mjs", &ajo("debug"), &tarball, &display(&out("bundlers"))])
}

/// Compares the package with alternatives, also in other runtimes where possible: a table, and JSON under target/bench/.
pub(crate) fn bench() -> Result<(), String> {
    prepare()?;
    let runtimes = [Need::LinuxOnX64, Need::Packages(runtimes::FOLDER)];
    if let Some(missing) = runtimes.iter().find_map(|need| need.ensure().err()) {
        log(&format!("==> skipped: other runtimes, because {}", missing.reason));
    }
    let tarball = display(&pack()?);
    cargo(&["build", "--release", "--package", "ajo", "--locked"], &[])?;
    let figures = display(&target().join("bench"));
    run("node", &["bench/run.mjs", &ajo("release"), &tarball, &display(&out("bench")), &figures])
}

fn ajo(profile: &str) -> String {
    display(&target().join(profile).join(format!("ajo{}", std::env::consts::EXE_SUFFIX)))
}
