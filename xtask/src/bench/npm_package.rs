//! Compares the npm package with its alternatives, with the scripts in `crates/wasm/npm/bench/`.

use std::path::Path;
use std::process::Command;

use crate::npm::folders::{
    EMULATOR_SOURCES_FOLDER, SOURCES_FOLDER, ajo_program, build_folder, path_string, run_in_sources,
};
use crate::npm::{package, runtimes};
use crate::process::{capture_stdout, cargo};
use crate::requirement::Requirement;
use crate::workspace::root;

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
    let (client, emulator) = (package::pack()?, package::pack_emulator()?);
    let sizes = |sources: &str, package: &str, tarball: &Path| {
        let arguments =
            ["scripts/budgets.mjs", &path_string(&build_folder(package)), &path_string(tarball), "--figures"];
        capture_stdout(Command::new("node").args(arguments).current_dir(root().join(sources)))
    };
    let counts = capture_stdout(
        Command::new("node").args(["count.mjs", &ajo_program("debug")]).current_dir(build_folder("bench")),
    )?;
    let client = sizes(SOURCES_FOLDER, package::CLIENT_PACKAGE, &client)?;
    let emulator = sizes(EMULATOR_SOURCES_FOLDER, package::EMULATOR_PACKAGE, &emulator)?;
    Ok([counts, client, emulator].map(|lines| lines.trim_end().to_owned()).join("\n"))
}

/// Installs the other runtimes, or returns why they are missing.
pub(super) fn install_runtimes() -> Result<(), String> {
    let ensure = |requirement: Requirement| {
        requirement.ensure().map_err(|missing| format!("{}; to enable: {}", missing.reason, missing.fix))
    };
    [Requirement::LinuxOnX64, Requirement::NpmPackages(runtimes::FOLDER)].into_iter().try_for_each(ensure)
}
