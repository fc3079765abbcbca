//! The steps that cargo runs. All share one set of features, so that cargo builds every crate once for tests and once for lints.

use crate::need::{WASIP1, WASM32};
use crate::output::log;
use crate::process::{cargo, read_output};
use crate::workspace::{self, root};

/// Off by default, tested all the same.
const FEATURES: &str = "--features=ajo-auth/redis";
/// Without xtask: it is built alone when `cargo xtask` starts, and with the others its dependencies would be built again.
const WORKSPACE: [&str; 4] = ["--workspace", "--exclude=xtask", FEATURES, "--locked"];
const XTASK: [&str; 3] = ["--package", "xtask", "--locked"];
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

pub(crate) fn check_format() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"], &[])
}

pub(crate) fn check_lints() -> Result<(), String> {
    // `--all-targets` leaves out targets with `test = false`.
    let targets = ["clippy", "--all-targets", "--test=scale", "--test=hostile"];
    cargo(&[&targets[..], &WORKSPACE, &DENY_WARNINGS].concat(), &[])?;
    cargo(&[&["clippy", "--all-targets"][..], &XTASK, &DENY_WARNINGS].concat(), &[])
}

pub(crate) fn test_units() -> Result<(), String> {
    cargo(&[&["test", "--bins"][..], &XTASK].concat(), &[])?;
    test(&["--lib", "--bins"])
}

pub(crate) fn test_docs() -> Result<(), String> {
    test(&["--doc"])
}

pub(crate) fn test_import_cycles() -> Result<(), String> {
    cargo(&[&["test", "--test=import_cycles"][..], &XTASK].concat(), &[])
}

/// The integration tests, except those with `test = false` in their manifest, and `cycles`, which has run.
pub(crate) fn test_suites() -> Result<(), String> {
    let metadata = read_output(env!("CARGO"), &["metadata", "--no-deps", "--format-version=1", "--locked"])?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let targets = list(&metadata["packages"]).into_iter().flat_map(|package| list(&package["targets"]));
    let tested = targets
        .filter(|target| target["kind"][0] == "test" && target["test"] == true && target["name"] != "import_cycles");
    let names: Vec<String> =
        tested.map(|target| format!("--test={}", target["name"].as_str().unwrap_or_default())).collect();
    test(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Named alone, because its manifest keeps it out of `cargo test`.
pub(crate) fn test_scale() -> Result<(), String> {
    test(&["--test=scale"])
}

/// Named alone, like `scale`.
pub(crate) fn test_hostile() -> Result<(), String> {
    test(&["--test=hostile"])
}

fn test(targets: &[&str]) -> Result<(), String> {
    // The benchmarks have no tests.
    cargo(&[&["test", "--exclude=ajo-bench"][..], &WORKSPACE, targets].concat(), &[])
}

pub(crate) fn check_doc_links() -> Result<(), String> {
    for packages in [&WORKSPACE[..], &XTASK] {
        cargo(&[&["doc", "--no-deps"][..], packages].concat(), &[("RUSTDOCFLAGS", "-D warnings")])?;
    }
    Ok(())
}

/// Plans cannot send anything, and the emulator cannot call: their trees contain no crate that could.
pub(crate) fn check_layers() -> Result<(), String> {
    check_tree("ajo-limits", &["axum", "gloo-net", "hyper", "mio", "reqwest", "rustls", "tokio", "web-sys"])?;
    check_tree("ajo-emulator", &["gloo-net", "reqwest", "rustls"])
}

fn check_tree(package: &str, denied: &[&str]) -> Result<(), String> {
    let tree = ["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--locked"];
    let tree = read_output(env!("CARGO"), &tree)?;
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    match names.into_iter().find(|name| denied.contains(name)) {
        None => Ok(()),
        Some(found) => Err(format!("{package} depends on {found}: `cargo tree --package {package} --invert {found}`")),
    }
}

/// Lints of `ajo-core` without an HTTP client, and with both of them.
pub(crate) fn check_features() -> Result<(), String> {
    for features in ["--no-default-features", "--all-features"] {
        cargo(&[&["clippy", "--package", "ajo-core", features, "--locked"][..], &DENY_WARNINGS].concat(), &[])?;
    }
    Ok(())
}

/// The engine links without `std`; models, plans and the emulator's core compile for WebAssembly; and clippy has no warning in the
/// client over fetch.
pub(crate) fn check_wasm() -> Result<(), String> {
    let target = ["--target", WASM32, "--locked"];
    link_without_std(&target)?;
    let core = ["check", "--package", "ajo-core", "--package", "ajo-emulator", "--no-default-features"];
    cargo(&[&core[..], &target].concat(), &[])?;
    cargo(&[&["check", "--package", "ajo-limits", "--package", "ajo-simulator"][..], &target].concat(), &[])?;
    let client = ["clippy", "--package", "ajo-core", "--no-default-features", "--features", "fetch"];
    cargo(&[&client[..], &target, &DENY_WARNINGS].concat(), &[])?;
    cargo(&[&["clippy", "--package", "ajo-fetch-tests", "--tests"][..], &target, &DENY_WARNINGS].concat(), &[])
}

/// Links the engine into a module that has no `std`, and prints the module's size.
fn link_without_std(target: &[&str]) -> Result<(), String> {
    // As in the npm package: the smaller of sha2's two backends. Stripped, because only the size is looked at.
    let flags = [("RUSTFLAGS", "--cfg=sha2_backend_soft=\"compact\"")];
    let build = ["build", "--package", "ajo-no-std-tests", "--profile", "wasm", "--config", "profile.wasm.strip=true"];
    cargo(&[&build[..], target].concat(), &flags)?;
    let module = workspace::target().join(WASM32).join("wasm/ajo_no_std_tests.wasm");
    let size = std::fs::metadata(&module).map_err(|error| format!("{}: {error}", module.display()))?.len();
    log(&format!("    the engine without std: {size} bytes"));
    Ok(())
}

pub(crate) fn test_decisions_on_wasm() -> Result<(), String> {
    // A list and not an environment variable, which cargo would split at a space in the path.
    let runner = format!("target.{WASIP1}.runner=['node', '{}']", root().join("xtask/wasi.mjs").display());
    let packages = ["--package", "ajo-engine", "--package", "ajo-auth", "--package", "ajo-core"];
    let suites = ["--no-default-features", "--lib", "--test", "engine"];
    let target = ["--target", WASIP1, "--locked", "--config", &runner];
    // A panic ends the program there, and the harness loses a captured message.
    cargo(&[&["test"][..], &packages, &suites, &target, &["--", "--nocapture"]].concat(), &[])
}
