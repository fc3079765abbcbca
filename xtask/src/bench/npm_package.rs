//! The npm package compared with its alternatives, by `crates/wasm/npm/bench/`.

use std::env::consts::EXE_SUFFIX;
use std::process::Command;

use super::program::read_output;
use crate::npm::{self, out, target, text};
use crate::test;

/// Builds the package and installs it with its alternatives, and with other runtimes where they are available.
pub(super) fn prepare(profile: &str) -> Result<(), String> {
    npm::prepare()?;
    let tarball = text(&npm::pack()?);
    let release: &[&str] = if profile == "release" { &["--release"] } else { &[] };
    test::cargo(&[&["build", "--package", "ajo", "--locked"], release].concat(), &[])?;
    npm::run("node", &["bench/install.mjs", &tarball, &text(&out("bench"))])
}

/// Bytes and token requests. The emulator counts them, and it counts the same in a debug build.
pub(super) fn count() -> Result<String, String> {
    npm::run("node", &["scripts/budgets.mjs", &text(&out("package")), &text(&npm::pack()?)])?;
    node(&["count.mjs", &ajo("debug")])
}

/// Times of one run. Its number decides which contestant goes first.
pub(super) fn measure(run: u32) -> Result<String, String> {
    npm::runtimes::install_if_possible()?;
    node(&["measure.mjs", &ajo("release"), &text(&npm::sources().join("runtimes")), &run.to_string()])
}

fn node(arguments: &[&str]) -> Result<String, String> {
    read_output(Command::new("node").args(arguments).current_dir(out("bench")))
}

fn ajo(profile: &str) -> String {
    text(&target().join(profile).join(format!("ajo{EXE_SUFFIX}")))
}
