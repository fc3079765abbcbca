//! Compares the npm package with its alternatives, with the scripts in `crates/wasm/npm/bench/`.

use std::process::Command;

use crate::npm::folders::{ajo_program, build_folder, path_string, run_in_sources};
use crate::npm::{package, runtimes};
use crate::process::{capture_stdout, cargo};
use crate::requirement::Requirement;

/// Builds the package and installs it and its alternatives.
pub(super) fn install_package(profile: &str) -> Result<(), String> {
    package::ensure_requirements()?;
    let tarball = path_string(&package::pack()?);
    let release: &[&str] = if profile == "release" { &["--release"] } else { &[] };
    cargo(&[&["build", "--package", "ajo", "--locked"], release].concat(), &[])?;
    run_in_sources("node", &["bench/install.mjs", &tarball, &path_string(&build_folder("bench"))])
}

/// Counts bytes and token requests. A debug build of the emulator counts the same.
pub(super) fn count_sizes_and_requests() -> Result<String, String> {
    run_in_sources(
        "node",
        &["scripts/budgets.mjs", &path_string(&build_folder("package")), &path_string(&package::pack()?)],
    )?;
    capture_stdout(Command::new("node").args(["count.mjs", &ajo_program("debug")]).current_dir(build_folder("bench")))
}

/// Installs the other runtimes, or returns why they are missing.
pub(super) fn install_runtimes() -> Result<(), String> {
    let ensure = |requirement: Requirement| {
        requirement.ensure().map_err(|missing| format!("{}; to enable: {}", missing.reason, missing.fix))
    };
    [Requirement::LinuxOnX64, Requirement::NpmPackages(runtimes::FOLDER)].into_iter().try_for_each(ensure)
}
