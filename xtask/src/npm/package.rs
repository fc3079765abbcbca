//! `cargo xtask npm`: builds the two packages and their tarballs.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::folders::{EMULATOR_SOURCES_FOLDER, SOURCES_FOLDER, build_folder, path_string};
use super::wasm_module::{CLIENT_MODULE, EMULATOR_MODULE, WasmModule};
use crate::output::log;
use crate::process::run_in;
use crate::requirement::{Requirement, WASM32};
use crate::workspace::root;

/// Requirements of the build. The build of the emulator's package uses the tools of the other one.
pub(crate) const REQUIREMENTS: &[Requirement] = &[
    Requirement::Node,
    Requirement::RustTarget(WASM32),
    Requirement::WasmBindgen,
    Requirement::NpmPackages(SOURCES_FOLDER),
];

/// The build folder of each package.
pub(crate) const CLIENT_PACKAGE: &str = "package";
pub(crate) const EMULATOR_PACKAGE: &str = "emulator-package";

pub(crate) fn build() -> Result<String, String> {
    ensure_requirements()?;
    Ok(format!("built {} and {}", pack()?.display(), pack_emulator()?.display()))
}

/// Installs the requirements of the build, or returns the missing one.
pub(crate) fn ensure_requirements() -> Result<(), String> {
    REQUIREMENTS.iter().try_for_each(|requirement| {
        requirement.ensure().map_err(|missing| format!("{}: {}", missing.reason, missing.fix))
    })
}

/// Builds `ajo-limits` once per run of xtask, and returns the path of the tarball.
pub(crate) fn pack() -> Result<PathBuf, String> {
    static PACKED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PACKED.get_or_init(|| build_tarball("ajo-limits", &CLIENT_MODULE, SOURCES_FOLDER, CLIENT_PACKAGE)).clone()
}

/// Builds `ajo-limits-emulator` once per run of xtask, and returns the path of the tarball.
pub(crate) fn pack_emulator() -> Result<PathBuf, String> {
    static PACKED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || build_tarball("ajo-limits-emulator", &EMULATOR_MODULE, EMULATOR_SOURCES_FOLDER, EMULATOR_PACKAGE);
    PACKED.get_or_init(build).clone()
}

/// Builds a module, its package, and the tarball.
fn build_tarball(name: &str, module: &WasmModule, sources: &str, package: &str) -> Result<PathBuf, String> {
    let (glue, destination) = (build_folder("glue"), build_folder(""));
    module.build(&glue)?;
    let package = path_string(&build_folder(package));
    log(&format!("==> building the npm package {name}"));
    let run = |program: &str, arguments: &[&str]| run_in(&root().join(sources), program, arguments);
    let workspace = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "homepage": env!("CARGO_PKG_HOMEPAGE"),
        "repository": env!("CARGO_PKG_REPOSITORY"),
    });
    run("node", &["scripts/build.mjs", &path_string(&glue), &package, &workspace.to_string()])?;
    let to = path_string(&destination);
    run("npm", &["pack", "--silent", &package, "--pack-destination", &to, "--ignore-scripts"])?;
    Ok(destination.join(format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION"))))
}
