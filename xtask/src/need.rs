//! What a step needs that not every machine has.

use std::path::{Path, PathBuf};

use crate::process::{read_output, run_in};
use crate::tools::{self, Tool, WASM_PACK};
use crate::workspace::root;

pub(crate) const WASM32: &str = "wasm32-unknown-unknown";
/// It has a standard output, so tests can run on it.
pub(crate) const WASIP1: &str = "wasm32-wasip1";

/// Major version of the oldest Node.js with the WASI that `wasi.mjs` uses.
const OLDEST_NODE: u32 = 20;
/// Debian's paths, and the variables that name other ones.
const CHROMIUM: (&str, &str) = ("AJO_CHROMIUM", "/usr/bin/chromium");
pub(crate) const CHROMEDRIVER: (&str, &str) = ("CHROMEDRIVER", "/usr/bin/chromedriver");

/// Something that a step needs.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// A pinned program, which `cargo xtask tools` installs.
    Tool(Tool),
    /// A program of the system, and its package in Debian.
    Program(&'static str, &'static str),
    Node,
    /// The packages of an npm lock file in this folder; `npm ci` installs them.
    Packages(&'static str),
    /// Python and schemathesis; pip installs it.
    Schemathesis,
    Chromium,
    Chromedriver,
    /// Rust 1.x.
    Rust(u32),
    /// A target of rustc; rustup adds it.
    Target(&'static str),
    /// wasm-bindgen's program; cargo installs it.
    WasmBindgen,
    /// cargo installs it.
    WasmPack,
    /// The runtimes are pinned for one system.
    LinuxOnX64,
    /// The vendor's specification, which is not part of the project.
    VendorSpec,
}

/// Why something cannot be used, and how to change that.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) reason: String,
    pub(crate) fix: String,
}

impl Need {
    /// Checks that it is available, and installs it if cargo, rustup or npm can do that inside `target` or the checkout.
    pub(crate) fn ensure(self) -> Result<(), Missing> {
        let missing = |reason: String, fix: String| Err(Missing { reason, fix });
        match self {
            Self::Tool(tool) if tool.find().is_none() => {
                missing(format!("{} {} is not installed", tool.program, tool.version), "cargo xtask tools".to_owned())
            }
            Self::Program(program, package) if !on_path(program) => {
                missing(format!("{program} is not installed"), format!("apt-get install {package}"))
            }
            Self::Node if read_version("node").is_none_or(|(major, _)| major < OLDEST_NODE) => missing(
                format!("Node.js {OLDEST_NODE} or newer is not installed"),
                "apt-get install nodejs npm".to_owned(),
            ),
            Self::Schemathesis => read_output("sh", &["tests/schemathesis/run.sh", "--prepare"])
                .map(drop)
                .or_else(|problem| missing(problem, "apt-get install python3 python3-venv".to_owned())),
            Self::Chromium if !path(CHROMIUM).exists() => absent(CHROMIUM, "chromium"),
            Self::Chromedriver if !path(CHROMEDRIVER).exists() => absent(CHROMEDRIVER, "chromium-driver"),
            Self::Rust(minor) if read_version("rustc").is_none_or(|version| version < (1, minor)) => {
                missing(format!("Rust is older than 1.{minor}"), "rustup update".to_owned())
            }
            Self::Target(target) => read_output("rustup", &["target", "add", target])
                .map(drop)
                .or_else(|_| missing(format!("rustup could not add {target}"), format!("rustup target add {target}"))),
            Self::Packages(folder) => npm_ci(&root().join(folder))
                .or_else(|problem| missing(problem, format!("npm ci --ignore-scripts (in {folder})"))),
            Self::WasmBindgen => locked_version("wasm-bindgen")
                .and_then(|version| tools::ensure_installed("wasm-bindgen-cli", "wasm-bindgen", &version))
                .or_else(|problem| missing(problem, "give cargo access to its registry".to_owned())),
            Self::WasmPack => tools::ensure_installed("wasm-pack", "wasm-pack", WASM_PACK)
                .or_else(|problem| missing(problem, "give cargo access to its registry".to_owned())),
            Self::LinuxOnX64 if !cfg!(all(target_os = "linux", target_arch = "x86_64")) => {
                missing("the runtimes are pinned for Linux on x86-64".to_owned(), "run it there".to_owned())
            }
            Self::VendorSpec if !vendor_spec().exists() => missing(
                "the vendor's specification is not part of the project".to_owned(),
                "put it at ../shared/upstream/journeys-throttling.yaml, or cargo xtask compare-spec --upstream FILE"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

/// Where a copy of the vendor's specification is looked for.
pub(crate) fn vendor_spec() -> PathBuf {
    root().join("../shared/upstream/journeys-throttling.yaml")
}

/// The path in the variable, or the default.
pub(crate) fn path((variable, default): (&str, &str)) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| default.into(), PathBuf::from)
}

fn absent(program: (&str, &str), package: &str) -> Result<(), Missing> {
    let reason = format!("{} does not exist", path(program).display());
    Err(Missing { reason, fix: format!("apt-get install {package}, or set {}", program.0) })
}

fn on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Major and minor version in the first line that `--version` prints.
fn read_version(program: &str) -> Option<(u32, u32)> {
    parse_version(&read_output(program, &["--version"]).ok()?)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs what the lock file pins, unless that happened since the lock file changed. Without the packages' scripts, which
/// would download more.
fn npm_ci(folder: &Path) -> Result<(), String> {
    let modified = |path: &str| folder.join(path).metadata().and_then(|file| file.modified()).ok();
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    run_in(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

/// The version of a crate in Cargo.lock. wasm-bindgen's program reads only what its own version of the crate wrote.
fn locked_version(package: &str) -> Result<String, String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| format!("{package} is not in Cargo.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_parsed() {
        for (text, version) in [
            ("v20.20.2", Some((20, 20))),
            ("Python 3.11.4", Some((3, 11))),
            ("rustc 1.95.0 (59807616e 2026-04-14)", Some((1, 95))),
            ("none", None),
        ] {
            assert_eq!(parse_version(text), version, "{text}");
        }
    }

    #[test]
    fn a_missing_program_names_its_package() {
        let missing = Need::Program("no-such-program", "no-such-package").ensure().expect_err("missing");
        assert_eq!(missing.reason, "no-such-program is not installed");
        assert_eq!(missing.fix, "apt-get install no-such-package");
    }
}
