//! `cargo xtask npm`: builds the package and its tarball.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::folders::{SOURCES, display, out, run, run_script};
use super::module::MODULES;
use crate::need::{Need, WASM32};
use crate::output::log;

/// What building needs.
pub(crate) const NEEDS: &[Need] = &[Need::Node, Need::Target(WASM32), Need::WasmBindgen, Need::Packages(SOURCES)];

/// Builds the package and its tarball.
pub(crate) fn build() -> Result<String, String> {
    prepare()?;
    Ok(format!("built {}", pack()?.display()))
}

/// Installs what building needs; otherwise returns what is missing.
pub(crate) fn prepare() -> Result<(), String> {
    NEEDS.iter().try_for_each(|need| need.ensure().map_err(|missing| format!("{}: {}", missing.reason, missing.fix)))
}

/// Builds the modules and from them the package, and packs it, once per run of xtask. Returns the tarball.
pub(crate) fn pack() -> Result<PathBuf, String> {
    static PACKED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let pack = || {
        let glue = out("glue");
        for module in &MODULES {
            module.build(&glue)?;
        }
        let package = out("package");
        log("==> the npm package is built");
        run_script("build.mjs", &[&display(&glue), &display(&package)])?;
        let destination = display(&out(""));
        run("npm", &["pack", "--silent", &display(&package), "--pack-destination", &destination, "--ignore-scripts"])?;
        Ok(tarball())
    };
    PACKED.get_or_init(pack).clone()
}

fn tarball() -> PathBuf {
    out("").join(concat!("ajo-limits-", env!("CARGO_PKG_VERSION"), ".tgz"))
}
