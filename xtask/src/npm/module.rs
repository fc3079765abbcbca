//! A crate that becomes a module of the package.

use std::path::Path;

use super::folders::{display, run};
use crate::need::WASM32;
use crate::output::log;
use crate::process::{cargo, read_output};
use crate::tools::{self, cargo_home};
use crate::workspace::{root, target};

/// The profile of the workspace's Cargo.toml that makes a module small.
const PROFILE: &str = "wasm";

pub(super) struct Module {
    package: &'static str,
    name: &'static str,
}

pub(super) const MODULES: [Module; 2] =
    [Module { package: "ajo-wasm", name: "core" }, Module { package: "ajo-emulator-wasm", name: "emulator" }];

impl Module {
    /// Compiles the crate and lets wasm-bindgen write its glue. wasm-pack could do both, but does not pass the flag for the reset.
    pub(super) fn build(&self, glue: &Path) -> Result<(), String> {
        log(&format!("==> {} is compiled for WebAssembly", self.package));
        let package = ["--package", self.package, "--lib", "--target", WASM32, "--locked"];
        // `flags` lists the folders of the registries, which exist after fetching.
        cargo(&["fetch", "--target", WASM32, "--locked"], &[])?;
        let what = [&["build", "--profile", PROFILE][..], &package].concat();
        cargo(&what, &[("CARGO_ENCODED_RUSTFLAGS", &flags()?.join("\u{1f}"))])?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        let compiled = target().join(WASM32).join(PROFILE).join(file);
        check_has_no_local_paths(&compiled)?;
        let format = ["--target", "web", "--omit-default-module-path", "--no-typescript"];
        // With the reset, the call after a panic has a fresh instance.
        let reset = ["--experimental-reset-state-function"];
        let paths = ["--out-name", self.name, "--out-dir", &display(glue), &display(&compiled)];
        run(&display(&tools::bin().join("wasm-bindgen")), &[&format[..], &reset, &paths].concat())
    }
}

/// Flags of the compiler: the smaller of sha2's two backends, and other names for this machine's paths, which are in panic messages.
fn flags() -> Result<Vec<String>, String> {
    let mut flags = vec!["--cfg=sha2_backend_soft=\"compact\"".to_owned()];
    let mut rename = |path: &Path, name: &str| flags.push(format!("--remap-path-prefix={}={name}", path.display()));
    rename(root(), ".");
    rename(Path::new(read_output("rustc", &["--print", "sysroot"])?.trim()), "rust");
    // Below it lies a folder for each registry, with its name.
    let sources = cargo_home().join("registry/src");
    let registries = std::fs::read_dir(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    for registry in registries.flatten() {
        rename(&registry.path(), "crates");
    }
    Ok(flags)
}

/// Fails if the module contains paths of this machine, which are private and take space.
fn check_has_no_local_paths(compiled: &Path) -> Result<(), String> {
    let bytes = std::fs::read(compiled).map_err(|error| format!("{}: {error}", compiled.display()))?;
    for path in [root(), &cargo_home()] {
        let path = display(path);
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("{} contains {path}", compiled.display()));
        }
    }
    Ok(())
}
