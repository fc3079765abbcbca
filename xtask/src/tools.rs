//! Programs that the checks run, each pinned to one version.

use std::path::{Path, PathBuf};

use crate::output::log;
use crate::process::{cargo, read_output, run_in};
use crate::workspace::{root, target};

/// A program of a fixed version.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    pub(crate) version: &'static str,
    source: Source,
}

#[derive(Clone, Copy)]
enum Source {
    /// A prebuilt wheel.
    Pip,
    /// A crate of the same name, built with its own lock file.
    Cargo,
}

pub(crate) const TYPOS: Tool = Tool { program: "typos", version: "1.52.0", source: Source::Pip };
/// The newest one that compiles with Rust 1.95.
pub(crate) const CARGO_SHEAR: Tool = Tool { program: "cargo-shear", version: "1.13.0", source: Source::Cargo };
pub(crate) const CARGO_DENY: Tool = Tool { program: "cargo-deny", version: "0.20.2", source: Source::Cargo };
/// The test runner of the client over `fetch`.
pub(crate) const WASM_PACK: &str = "0.15.1";

impl Tool {
    /// The path of the program, if it has the pinned version: below `target`, among cargo's own, or on the path.
    pub(crate) fn find(self) -> Option<PathBuf> {
        match self.source {
            Source::Pip => {
                let places = [pip().join("bin").join(self.program), self.program.into()];
                let version = |program: &PathBuf| read_output(program, &["--version"]).unwrap_or_default();
                places.into_iter().find(|program| version(program).split_whitespace().nth(1) == Some(self.version))
            }
            Source::Cargo => {
                let roots = [tools(), cargo_home()];
                let root = roots.into_iter().find(|root| has_crate(root, self.program, self.version))?;
                Some(root.join("bin").join(self.program))
            }
        }
    }

    fn install(self) -> Result<(), String> {
        match self.source {
            Source::Pip => {
                let package = format!("{}=={}", self.program, self.version);
                let folder = pip().display().to_string();
                let quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"];
                let install = ["-m", "pip", "install", "--upgrade", "--target", &folder, &package];
                run_in(root(), "python3", &[&install[..], &quiet].concat())
            }
            Source::Cargo => cargo_install(self.program, self.version, &["--locked"]),
        }
    }
}

/// `cargo xtask tools`: installs the tools without which `cargo xtask check` skips a step.
pub(crate) fn install() -> Result<String, String> {
    let missing = [TYPOS, CARGO_SHEAR, CARGO_DENY].into_iter().filter(|tool| tool.find().is_none());
    let failed: Vec<String> = missing.filter_map(|tool| tool.install().err()).collect();
    if failed.is_empty() { Ok("all tools are installed".to_owned()) } else { Err(failed.join("\n")) }
}

/// Installs the program of a crate under `target/tools` if that version is not there yet.
pub(crate) fn ensure_installed(package: &str, program: &str, version: &str) -> Result<(), String> {
    if has_crate(&tools(), package, version) {
        return Ok(());
    }
    log(&format!("==> installing {program} {version} under target/tools (once, takes minutes)"));
    // Not `--locked`: the lock files of these crates can name yanked versions.
    cargo_install(package, version, &[]).map_err(|problem| format!("failed to install {program}: {problem}"))
}

/// Builds without optimization and debug information: that is three times as fast, and the programs have little to do.
fn cargo_install(package: &str, version: &str, arguments: &[&str]) -> Result<(), String> {
    let root = tools().display().to_string();
    let install = ["install", package, "--version", version, "--debug", "--force", "--quiet", "--root", &root];
    cargo(&[&install[..], arguments].concat(), &[("CARGO_PROFILE_DEV_DEBUG", "0")])
}

/// Whether cargo noted in this folder that it installed this version. Not every program prints its version.
fn has_crate(root: &Path, package: &str, version: &str) -> bool {
    let notes = std::fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    notes.lines().any(|line| line.starts_with(&format!("\"{package} {version} ")))
}

fn tools() -> PathBuf {
    target().join("tools")
}

/// The folder of the programs that cargo installs here.
pub(crate) fn bin() -> PathBuf {
    tools().join("bin")
}

fn pip() -> PathBuf {
    tools().join("pip")
}

/// Where cargo keeps its programs and registries.
pub(crate) fn cargo_home() -> PathBuf {
    let default = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(default, Into::into)
}
