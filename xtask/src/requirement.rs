//! Requirements of steps that not every machine meets.

use std::path::{Path, PathBuf};

use crate::npm::folders::build_folder;
use crate::process::{read_output, run_in};
use crate::tools::{self, PinnedTool, WASM_PACK};
use crate::workspace::root;

pub(crate) const WASM32: &str = "wasm32-unknown-unknown";
/// This target has a standard output, so tests can run on it.
pub(crate) const WASIP1: &str = "wasm32-wasip1";

/// Major version of the oldest Node.js with the WASI that `wasi.mjs` uses.
const MIN_NODE_VERSION: u32 = 20;
/// The environment variable with the path, and Debian's default.
const CHROMIUM: (&str, &str) = ("AJO_CHROMIUM", "/usr/bin/chromium");
pub(crate) const CHROMEDRIVER: (&str, &str) = ("CHROMEDRIVER", "/usr/bin/chromedriver");

/// A program, package, or platform that a step needs.
#[derive(Clone, Copy)]
pub(crate) enum Requirement {
    /// A pinned program that `cargo xtask tools` installs.
    Tool(PinnedTool),
    /// A system program and its Debian package.
    Program(&'static str, &'static str),
    Node,
    /// The packages from the npm lock file in this folder; `npm ci` installs them.
    NpmPackages(&'static str),
    /// Like `NpmPackages`, but installed in a build folder with this name. The step adds the tarball there, and projects that use it.
    NpmProject(&'static str, &'static str),
    /// Python, and the packages of `requirements.txt` in this folder below `tests`, which pip installs.
    PythonPackages(&'static str),
    Chromium,
    Chromedriver,
    /// Rust 1.x.
    RustVersion(u32),
    /// A rustc target, which rustup adds.
    RustTarget(&'static str),
    /// wasm-bindgen's CLI, which cargo installs.
    WasmBindgen,
    /// Installed by cargo.
    WasmPack,
    /// The runtimes are pinned for this platform only.
    LinuxOnX64,
    /// The vendor's specification, which is not part of the project.
    VendorSpec,
}

/// The reason a requirement is not met, and the fix.
#[derive(Debug)]
pub(crate) struct MissingRequirement {
    pub(crate) reason: String,
    pub(crate) fix: String,
}

impl Requirement {
    /// Checks the requirement, and installs it if cargo, rustup, or npm can do so inside `target` or the checkout.
    pub(crate) fn ensure(self) -> Result<(), MissingRequirement> {
        let missing = |reason: String, fix: String| Err(MissingRequirement { reason, fix });
        match self {
            Self::Tool(tool) if tool.find().is_none() => {
                missing(format!("{} {} is not installed", tool.program, tool.version), "cargo xtask tools".to_owned())
            }
            Self::Program(program, package) if !is_on_path(program) => {
                missing(format!("{program} is not installed"), format!("apt-get install {package}"))
            }
            Self::Node if program_version("node").is_none_or(|(major, _)| major < MIN_NODE_VERSION) => missing(
                format!("Node.js {MIN_NODE_VERSION} or newer is not installed"),
                "apt-get install nodejs npm".to_owned(),
            ),
            Self::PythonPackages(folder) => python_with_packages(folder)
                .map(drop)
                .or_else(|problem| missing(problem, "apt-get install python3 python3-venv".to_owned())),
            Self::Chromium if !program_path(CHROMIUM).exists() => missing_program(CHROMIUM, "chromium"),
            Self::Chromedriver if !program_path(CHROMEDRIVER).exists() => {
                missing_program(CHROMEDRIVER, "chromium-driver")
            }
            Self::RustVersion(minor) if program_version("rustc").is_none_or(|version| version < (1, minor)) => {
                missing(format!("Rust is older than 1.{minor}"), "rustup update".to_owned())
            }
            Self::RustTarget(target) => read_output("rustup", &["target", "add", target])
                .map(drop)
                .or_else(|_| missing(format!("rustup could not add {target}"), format!("rustup target add {target}"))),
            Self::NpmPackages(folder) => ensure_npm_ci(&root().join(folder))
                .or_else(|problem| missing(problem, format!("npm ci --ignore-scripts (in {folder})"))),
            Self::NpmProject(folder, part) => ensure_npm_project(&root().join(folder), &build_folder(part))
                .or_else(|problem| missing(problem, format!("allow npm to access its registry, to install the packages of {folder}"))),
            Self::WasmBindgen => locked_version("wasm-bindgen")
                .and_then(|version| tools::ensure_installed("wasm-bindgen-cli", "wasm-bindgen", &version))
                .or_else(|problem| missing(problem, "allow cargo to access its registry".to_owned())),
            Self::WasmPack => tools::ensure_installed("wasm-pack", "wasm-pack", WASM_PACK)
                .or_else(|problem| missing(problem, "allow cargo to access its registry".to_owned())),
            Self::LinuxOnX64 if !cfg!(all(target_os = "linux", target_arch = "x86_64")) => {
                missing("the runtimes are pinned for Linux on x86-64".to_owned(), "run the step there".to_owned())
            }
            Self::VendorSpec if !vendor_spec_path().exists() => missing(
                "the vendor's specification is not part of the project".to_owned(),
                "copy it to ../shared/upstream/journeys-throttling.yaml, or run cargo xtask compare-spec --upstream FILE"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

/// Installs the packages of a folder below `tests` unless they are installed, and returns the path of their Python.
pub(crate) fn python_with_packages(folder: &str) -> Result<String, String> {
    Ok(read_output("sh", &["tests/python_venv.sh", folder])?.trim().to_owned())
}

/// The default path of a copy of the vendor's specification.
pub(crate) fn vendor_spec_path() -> PathBuf {
    root().join("../shared/upstream/journeys-throttling.yaml")
}

/// The path from the environment variable, or the default.
pub(crate) fn program_path((variable, default): (&str, &str)) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| default.into(), PathBuf::from)
}

fn missing_program(program: (&str, &str), package: &str) -> Result<(), MissingRequirement> {
    let reason = format!("{} does not exist", program_path(program).display());
    Err(MissingRequirement { reason, fix: format!("apt-get install {package}, or set {}", program.0) })
}

fn is_on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Major and minor version in the first line that `--version` prints.
fn program_version(program: &str) -> Option<(u32, u32)> {
    parse_version(&read_output(program, &["--version"]).ok()?)
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs the packages of the lock file if they are missing or older. Ignores install scripts, which would download more.
fn ensure_npm_ci(folder: &Path) -> Result<(), String> {
    let modified = |path: &str| folder.join(path).metadata().and_then(|file| file.modified()).ok();
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    run_in(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

/// Copies the lock file and installs its packages. Unchanged files keep their time, so that nothing is installed again.
fn ensure_npm_project(folder: &Path, target: &Path) -> Result<(), String> {
    let problem = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(target).map_err(|error| problem(target, error))?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        let (from, to) = (folder.join(name), target.join(name));
        let content = std::fs::read(&from).map_err(|error| problem(&from, error))?;
        if std::fs::read(&to).ok().as_ref() != Some(&content) {
            std::fs::write(&to, content).map_err(|error| problem(&to, error))?;
        }
    }
    ensure_npm_ci(target)
}

/// The version of a crate in Cargo.lock. wasm-bindgen's CLI must have the same version as the crate.
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
    fn missing_program_names_its_package() {
        let missing = Requirement::Program("no-such-program", "no-such-package").ensure().expect_err("missing");
        assert_eq!(missing.reason, "no-such-program is not installed");
        assert_eq!(missing.fix, "apt-get install no-such-package");
    }
}
