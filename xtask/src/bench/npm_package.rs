//! The npm package compared with its alternatives, by `crates/wasm/npm/bench/`.

use std::process::Command;

use crate::need::Need;
use crate::npm::folders::{SOURCES, ajo, display, out, run};
use crate::npm::{package, runtimes};
use crate::output::log;
use crate::process::{capture, cargo};
use crate::workspace::root;

/// Builds the package and installs it with its alternatives, and with other runtimes where they are available.
pub(super) fn prepare(profile: &str) -> Result<(), String> {
    package::prepare()?;
    let tarball = display(&package::pack()?);
    let release: &[&str] = if profile == "release" { &["--release"] } else { &[] };
    cargo(&[&["build", "--package", "ajo", "--locked"], release].concat(), &[])?;
    run("node", &["bench/install.mjs", &tarball, &display(&out("bench"))])
}

/// Bytes and token requests. The emulator counts them, and it counts the same in a debug build.
pub(super) fn count() -> Result<String, String> {
    run("node", &["scripts/budgets.mjs", &display(&out("package")), &display(&package::pack()?)])?;
    node(&["count.mjs", &ajo("debug")])
}

/// Times of one run. Its number decides which contestant goes first.
pub(super) fn measure(number: u32) -> Result<String, String> {
    let needs = [Need::LinuxOnX64, Need::Packages(runtimes::FOLDER)];
    if let Some(missing) = needs.iter().find_map(|need| need.ensure().err()) {
        log(&format!("==> skipped: other runtimes, because {}; to enable: {}", missing.reason, missing.fix));
    }
    node(&["measure.mjs", &ajo("release"), &display(&root().join(SOURCES).join("runtimes")), &number.to_string()])
}

fn node(arguments: &[&str]) -> Result<String, String> {
    capture(Command::new("node").args(arguments).current_dir(out("bench")))
}
