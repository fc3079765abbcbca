//! `cargo xtask npm` and `cargo xtask test npm`: the npm package, built of `crates/wasm` with `crates/wasm/npm/scripts/`.

pub(crate) mod bundlers;
mod module;
pub(crate) mod runtimes;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{complain, root, test};
use module::{MODULES, TARGET};

/// Builds the package and its tarball.
pub(crate) fn build() -> Result<String, String> {
    prepare()?;
    let tarball = pack()?;
    Ok(format!("built {}", tarball.display()))
}

/// Builds and tests it. It was asked for by name, so it is an error when that is not possible.
pub(crate) fn test() -> Result<String, String> {
    prepare()?;
    check()?;
    Ok("the npm package works".to_owned())
}

/// Builds and tests it where that is possible, and says why where it is not: Node.js is not part of a Rust installation.
pub(crate) fn test_if_possible() -> Result<(), String> {
    match prepare() {
        Ok(()) => {
            let tarball = check()?;
            runtimes::check_if_possible(&tarball)?;
            bundlers::run_prepared(&tarball)
        }
        Err(missing) => {
            complain(&format!("==> skipped: the npm package, because {missing}"));
            Ok(())
        }
    }
}

/// Looks for what is needed, and installs what cargo, rustup and npm can; else says what is missing.
pub(crate) fn prepare() -> Result<(), String> {
    if !test::has_node() {
        return Err(format!("there is no node {} or newer", test::OLDEST_NODE));
    }
    if !test::runs("npm") {
        return Err("there is no npm".to_owned());
    }
    if !test::add_target(TARGET) {
        return Err(format!("rustup could not add {TARGET}"));
    }
    install_bindgen()?;
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

/// Everything that is known of the package without a runtime other than this Node.js. Gives the tarball.
fn check() -> Result<String, String> {
    complain("==> the npm package's types are what the specs say");
    node("generate.mjs", &["--check"])?;
    run("npm", &["run", "--silent", "check"])?;
    complain("==> the npm package's shell works on a scripted core");
    node("test.mjs", &[&text(&out("tests"))])?;

    let tarball = text(&pack()?);
    complain("==> the npm package's manifest and types are sound");
    node_module("publint/src/cli.js", &["run", "--strict", &tarball])?;
    // Resolution as it was before `exports` finds the package itself and none of its other entries; modules of WebAssembly
    // can be imported and not required.
    let exceptions = ["--profile", "node16", "--exclude-entrypoints", "core.wasm", "emulator.wasm"];
    node_module("@arethetypeswrong/cli/dist/index.js", &[&[tarball.as_str(), "--quiet"], &exceptions[..]].concat())?;
    node("types.mjs", &[&tarball, &text(&out("types"))])?;
    complain("==> the npm package works as Node.js installs it");
    node("packed.mjs", &[&tarball, &text(&out("packed"))])?;
    complain("==> the npm package keeps to its budgets");
    node("budgets.mjs", &[&text(&out("package")), &tarball])?;
    Ok(tarball)
}

/// Builds the modules and of them the package, and packs it.
pub(crate) fn pack() -> Result<PathBuf, String> {
    let glue = out("glue");
    for module in &MODULES {
        module.build(&glue)?;
    }
    let package = out("package");
    complain("==> the npm package is built");
    node("build.mjs", &[&text(&glue), &text(&package)])?;
    run("npm", &["pack", "--silent", &text(&package), "--pack-destination", &text(&out("")), "--ignore-scripts"])?;
    Ok(tarball())
}

fn tarball() -> PathBuf {
    out("").join(concat!("ajo-limits-", env!("CARGO_PKG_VERSION"), ".tgz"))
}

/// wasm-bindgen's program understands what exactly its own version of the crate has written.
pub(crate) fn install_bindgen() -> Result<(), String> {
    install("wasm-bindgen-cli", "wasm-bindgen", &locked_version("wasm-bindgen")?)
}

/// Installs a program under target/tools, where it is not there already.
pub(crate) fn install(package: &str, program: &str, version: &str) -> Result<(), String> {
    let installed = Command::new(tools().join(program)).arg("--version").output();
    let is_installed = |output: std::process::Output| {
        String::from_utf8_lossy(&output.stdout).split_whitespace().nth(1) == Some(version)
    };
    if installed.is_ok_and(is_installed) {
        return Ok(());
    }
    complain(&format!("==> {program} {version} is installed under target/tools (once, some minutes)"));
    let root = text(&target().join("tools"));
    // Unoptimized: it compiles in a third of the time, and what it reads here is small. Without its own lock file, which may name
    // what is to be had no more.
    let what = ["install", package, "--version", version, "--debug", "--force", "--root", &root];
    test::cargo(&what, &[]).map_err(|problem| format!("{program} could not be installed: {problem}"))
}

/// The version of a crate in Cargo.lock.
fn locked_version(package: &str) -> Result<String, String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| format!("{package} is not in Cargo.lock"))
}

fn bindgen() -> PathBuf {
    tools().join("wasm-bindgen")
}

/// Where the programs are that this installs.
pub(crate) fn tools() -> PathBuf {
    target().join("tools/bin")
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |given| root().join(given))
}

/// Where the package and what tests it are built.
pub(crate) fn out(part: &str) -> PathBuf {
    target().join("npm").join(part)
}

pub(crate) fn sources() -> PathBuf {
    root().join("crates/wasm/npm")
}

pub(crate) fn text(path: &Path) -> String {
    path.display().to_string()
}

fn node(script: &str, arguments: &[&str]) -> Result<(), String> {
    run("node", &[&[format!("scripts/{script}").as_str()], arguments].concat())
}

fn node_module(program: &str, arguments: &[&str]) -> Result<(), String> {
    run("node", &[&[format!("node_modules/{program}").as_str()], arguments].concat())
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_in(&sources(), program, arguments)
}

fn run_in(directory: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let line = format!("{program} {}", arguments.join(" "));
    complain(&format!("    {line}"));
    let status = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .status()
        .map_err(|error| format!("failed to start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}")) }
}
