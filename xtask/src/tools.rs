//! The pinned programs that the checks run.

use std::path::{Path, PathBuf};

use crate::output::log;
use crate::process::{cargo, read_output, run_in};
use crate::workspace::{root, target};

/// A program with a fixed version.
#[derive(Clone, Copy)]
pub(crate) struct PinnedTool {
    pub(crate) program: &'static str,
    pub(crate) version: &'static str,
    source: ToolSource,
}

#[derive(Clone, Copy)]
enum ToolSource {
    /// A prebuilt wheel.
    Pip,
    /// A crate with the same name, built with its own lock file.
    Cargo,
}

pub(crate) const TYPOS: PinnedTool = PinnedTool { program: "typos", version: "1.52.0", source: ToolSource::Pip };
/// The newest version that compiles with Rust 1.95.
pub(crate) const CARGO_SHEAR: PinnedTool =
    PinnedTool { program: "cargo-shear", version: "1.13.0", source: ToolSource::Cargo };
pub(crate) const CARGO_DENY: PinnedTool =
    PinnedTool { program: "cargo-deny", version: "0.20.2", source: ToolSource::Cargo };
/// Runs the tests of the client over `fetch`.
pub(crate) const WASM_PACK: &str = "0.15.1";

impl PinnedTool {
    /// The path of the program with the pinned version: below `target`, in cargo's home, or on the path.
    pub(crate) fn find(self) -> Option<PathBuf> {
        match self.source {
            ToolSource::Pip => {
                let candidates = [pip_folder().join("bin").join(self.program), self.program.into()];
                let version = |program: &PathBuf| read_output(program, &["--version"]).unwrap_or_default();
                candidates.into_iter().find(|program| version(program).split_whitespace().nth(1) == Some(self.version))
            }
            ToolSource::Cargo => {
                let roots = [tools_folder(), cargo_home()];
                let root = roots.into_iter().find(|root| is_crate_installed(root, self.program, self.version))?;
                Some(root.join("bin").join(self.program))
            }
        }
    }

    fn install(self) -> Result<(), String> {
        match self.source {
            ToolSource::Pip => {
                let package = format!("{}=={}", self.program, self.version);
                let folder = pip_folder().display().to_string();
                let quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"];
                let install = ["-m", "pip", "install", "--upgrade", "--target", &folder, &package];
                run_in(root(), "python3", &[&install[..], &quiet].concat())
            }
            ToolSource::Cargo => cargo_install(self.program, self.version, &["--locked"]),
        }
    }
}

/// `cargo xtask tools`: installs the tools that `cargo xtask check` needs.
pub(crate) fn install() -> Result<String, String> {
    let missing = [TYPOS, CARGO_SHEAR, CARGO_DENY].into_iter().filter(|tool| tool.find().is_none());
    let failed: Vec<String> = missing.filter_map(|tool| tool.install().err()).collect();
    if failed.is_empty() { Ok("all tools are installed".to_owned()) } else { Err(failed.join("\n")) }
}

/// Installs a crate's program under `target/tools` unless that version is installed.
pub(crate) fn ensure_installed(package: &str, program: &str, version: &str) -> Result<(), String> {
    if is_crate_installed(&tools_folder(), package, version) {
        return Ok(());
    }
    log(&format!("==> installing {program} {version} under target/tools (once, takes minutes)"));
    // Not `--locked`: the lock files of these crates can name yanked versions.
    cargo_install(package, version, &[]).map_err(|problem| format!("failed to install {program}: {problem}"))
}

/// Builds without optimization or debug information, which is three times as fast. The programs have little work.
fn cargo_install(package: &str, version: &str, arguments: &[&str]) -> Result<(), String> {
    let root = tools_folder().display().to_string();
    let install = ["install", package, "--version", version, "--debug", "--force", "--quiet", "--root", &root];
    cargo(&[&install[..], arguments].concat(), &[("CARGO_PROFILE_DEV_DEBUG", "0")])
}

/// Whether cargo recorded this version in this folder. Not every program prints its version.
fn is_crate_installed(root: &Path, package: &str, version: &str) -> bool {
    let records = std::fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    records.lines().any(|line| line.starts_with(&format!("\"{package} {version} ")))
}

fn tools_folder() -> PathBuf {
    target().join("tools")
}

/// The folder of programs that [`cargo_install`] writes.
pub(crate) fn bin_folder() -> PathBuf {
    tools_folder().join("bin")
}

fn pip_folder() -> PathBuf {
    tools_folder().join("pip")
}

/// Cargo's folder of programs and registries.
pub(crate) fn cargo_home() -> PathBuf {
    let default = || std::env::home_dir().unwrap_or_default().join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(default, Into::into)
}
