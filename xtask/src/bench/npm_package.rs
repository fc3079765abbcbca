//! The npm package compared with its alternatives, by `crates/wasm/npm/bench/`.

use std::process::Command;

use crate::need::Need;
use crate::npm::folders::{ajo, display, out, run};
use crate::npm::{package, runtimes};
use crate::process::{capture, cargo};

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
    capture(Command::new("node").args(["count.mjs", &ajo("debug")]).current_dir(out("bench")))
}

/// Installs the other runtimes. Otherwise returns why they are missing, and what to do.
pub(super) fn install_runtimes() -> Result<(), String> {
    let ensure = |need: Need| need.ensure().map_err(|it| format!("{}; to enable: {}", it.reason, it.fix));
    [Need::LinuxOnX64, Need::Packages(runtimes::FOLDER)].into_iter().try_for_each(ensure)
}
