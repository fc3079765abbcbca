//! Builds a crate as a WebAssembly module of an npm package.

use std::path::Path;

use super::folders::{path_string, run_in_sources};
use crate::output::log;
use crate::process::{cargo, read_output};
use crate::requirement::WASM32;
use crate::tools::{self, cargo_home};
use crate::workspace::{root, target};

/// The size-optimized profile in the workspace's Cargo.toml.
const PROFILE: &str = "wasm";

pub(super) struct WasmModule {
    package: &'static str,
    name: &'static str,
}

pub(super) const CLIENT_MODULE: WasmModule = WasmModule { package: "ajo-wasm", name: "core" };
pub(super) const EMULATOR_MODULE: WasmModule = WasmModule { package: "ajo-emulator-wasm", name: "emulator" };

impl WasmModule {
    /// Compiles the crate and generates its glue with wasm-bindgen. wasm-pack does not support the reset flag.
    pub(super) fn build(&self, glue: &Path) -> Result<(), String> {
        log(&format!("==> compiling {} for WebAssembly", self.package));
        let package = ["--package", self.package, "--lib", "--target", WASM32, "--locked"];
        // `compiler_flags` lists the registry folders, which exist after a fetch.
        cargo(&["fetch", "--target", WASM32, "--locked"], &[])?;
        let build = [&["build", "--profile", PROFILE][..], &package].concat();
        cargo(&build, &[("CARGO_ENCODED_RUSTFLAGS", &compiler_flags()?.join("\u{1f}"))])?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        let compiled = target().join(WASM32).join(PROFILE).join(file);
        check_has_no_local_paths(&compiled)?;
        let format = ["--target", "web", "--omit-default-module-path", "--no-typescript"];
        // With the reset function, the call after a panic gets a fresh instance.
        let reset = ["--experimental-reset-state-function"];
        let paths = ["--out-name", self.name, "--out-dir", &path_string(glue), &path_string(&compiled)];
        run_in_sources(&path_string(&tools::bin_folder().join("wasm-bindgen")), &[&format[..], &reset, &paths].concat())
    }
}

/// Compiler flags: the smaller sha2 backend, and neutral names for local paths in panic messages.
fn compiler_flags() -> Result<Vec<String>, String> {
    let mut flags = vec!["--cfg=sha2_backend_soft=\"compact\"".to_owned()];
    let mut rename = |path: &Path, name: &str| flags.push(format!("--remap-path-prefix={}={name}", path.display()));
    rename(root(), ".");
    rename(Path::new(read_output("rustc", &["--print", "sysroot"])?.trim()), "rust");
    // It has one folder per registry.
    let sources = cargo_home().join("registry/src");
    let registries = std::fs::read_dir(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    for registry in registries.flatten() {
        rename(&registry.path(), "crates");
    }
    Ok(flags)
}

/// Fails if the module contains local paths, which are private and take space.
fn check_has_no_local_paths(compiled: &Path) -> Result<(), String> {
    let bytes = std::fs::read(compiled).map_err(|error| format!("{}: {error}", compiled.display()))?;
    for path in [root(), &cargo_home()] {
        let path = path_string(path);
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("{} contains {path}", compiled.display()));
        }
    }
    Ok(())
}
