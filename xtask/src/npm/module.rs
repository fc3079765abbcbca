//! A crate that becomes a module of the package.

use std::path::Path;
use std::process::Command;

use super::{bindgen, run, target, text};
use crate::{complain, root, test};

pub(super) const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the workspace's Cargo.toml that makes a module small.
const PROFILE: &str = "wasm";

pub(super) struct Module {
    package: &'static str,
    name: &'static str,
}

pub(super) const MODULES: [Module; 2] =
    [Module { package: "ajo-wasm", name: "core" }, Module { package: "ajo-emulator-wasm", name: "emulator" }];

impl Module {
    /// Compiles the crate and has wasm-bindgen write its glue. wasm-pack could do both, but passes no flag for the reset on.
    pub(super) fn build(&self, glue: &Path) -> Result<(), String> {
        complain(&format!("==> {} is compiled for WebAssembly", self.package));
        let package = ["--package", self.package, "--lib", "--target", TARGET, "--locked"];
        // The sources must be there before it can be said what their paths are to be called.
        test::cargo(&["fetch", "--target", TARGET, "--locked"], &[])?;
        let what = [&["build", "--profile", PROFILE][..], &package].concat();
        test::cargo(&what, &[("CARGO_ENCODED_RUSTFLAGS", &flags()?.join("\u{1f}"))])?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        let compiled = target().join(TARGET).join(PROFILE).join(file);
        says_nothing_of_this_machine(&compiled)?;
        let form = ["--target", "web", "--omit-default-module-path", "--no-typescript"];
        // With the reset, the call after a panic has a fresh instance.
        let reset = ["--experimental-reset-state-function"];
        let places = ["--out-name", self.name, "--out-dir", &text(glue), &text(&compiled)];
        run(&text(&bindgen()), &[&form[..], &reset, &places].concat())
    }
}

/// What is told to the compiler: the smaller of sha2's two forms, and other names for this machine's paths, which panics name.
fn flags() -> Result<Vec<String>, String> {
    let mut flags = vec!["--cfg=sha2_backend_soft=\"compact\"".to_owned()];
    let mut rename = |path: &Path, name: &str| flags.push(format!("--remap-path-prefix={}={name}", path.display()));
    rename(root(), ".");
    rename(Path::new(&sysroot()?), "rust");
    // Below it lies a folder for each registry, with its name.
    let sources = cargo_home().join("registry/src");
    let registries = std::fs::read_dir(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    for registry in registries.flatten() {
        rename(&registry.path(), "crates");
    }
    Ok(flags)
}

fn sysroot() -> Result<String, String> {
    let printed = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()).output();
    let printed = printed.map_err(|error| format!("failed to start rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&printed.stdout).trim().to_owned())
}

fn cargo_home() -> std::path::PathBuf {
    let home = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, Into::into)
}

/// A path is nobody's business, and longer than what it stands for. What only debugging sees is stripped later, and not looked at.
fn says_nothing_of_this_machine(compiled: &Path) -> Result<(), String> {
    let bytes = std::fs::read(compiled).map_err(|error| format!("{}: {error}", compiled.display()))?;
    for path in [root(), &cargo_home()] {
        let path = text(path);
        if bytes.windows(path.len()).any(|window| window == path.as_bytes()) {
            return Err(format!("{} names {path}", compiled.display()));
        }
    }
    Ok(())
}
