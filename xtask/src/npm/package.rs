//! `cargo xtask npm`: builds the package and its tarball.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::folders::{SOURCES_FOLDER, build_folder, path_string, run_in_sources, run_script};
use super::wasm_module::WASM_MODULES;
use crate::output::log;
use crate::requirement::{Requirement, WASM32};

/// Requirements of the build.
pub(crate) const REQUIREMENTS: &[Requirement] = &[
    Requirement::Node,
    Requirement::RustTarget(WASM32),
    Requirement::WasmBindgen,
    Requirement::NpmPackages(SOURCES_FOLDER),
];

pub(crate) fn build() -> Result<String, String> {
    ensure_requirements()?;
    Ok(format!("built {}", pack()?.display()))
}

/// Installs the requirements of the build, or returns the missing one.
pub(crate) fn ensure_requirements() -> Result<(), String> {
    REQUIREMENTS.iter().try_for_each(|requirement| {
        requirement.ensure().map_err(|missing| format!("{}: {}", missing.reason, missing.fix))
    })
}

/// Builds the modules and the package once per run of xtask, and returns the path of the tarball.
pub(crate) fn pack() -> Result<PathBuf, String> {
    static PACKED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let pack = || {
        let glue = build_folder("glue");
        for module in &WASM_MODULES {
            module.build(&glue)?;
        }
        let package = build_folder("package");
        log("==> building the npm package");
        run_script("build.mjs", &[&path_string(&glue), &path_string(&package)])?;
        let destination = path_string(&build_folder(""));
        run_in_sources(
            "npm",
            &["pack", "--silent", &path_string(&package), "--pack-destination", &destination, "--ignore-scripts"],
        )?;
        Ok(tarball_path())
    };
    PACKED.get_or_init(pack).clone()
}

fn tarball_path() -> PathBuf {
    build_folder("").join(concat!("ajo-limits-", env!("CARGO_PKG_VERSION"), ".tgz"))
}
