//! Steps that run cargo. They share one set of features, so cargo builds each crate once for tests and once for lints.

use crate::output::log;
use crate::process::{cargo, read_output};
use crate::requirement::{WASIP1, WASM32};
use crate::workspace::{self, root};

/// Off by default, but tested.
const FEATURES: &str = "--features=ajo-auth/redis";
/// Without xtask, which is built alone when `cargo xtask` starts. Building it with the others would rebuild its dependencies.
const WORKSPACE_ARGS: [&str; 4] = ["--workspace", "--exclude=xtask", FEATURES, "--locked"];
const XTASK_ARGS: [&str; 3] = ["--package", "xtask", "--locked"];
/// Makes generated inputs the same in every run. With full sample counts they are random.
const SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "1");
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

pub(crate) fn check_format() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"], &[])
}

pub(crate) fn check_lints() -> Result<(), String> {
    // `--all-targets` leaves out targets with `test = false`.
    let targets = [
        "--test=scale",
        "--test=hostile",
        "--test=simpy",
        "--test=closed_forms",
        "--test=buckets",
        "--test=shared_state",
    ];
    cargo(&[&["clippy", "--all-targets"][..], &targets, &WORKSPACE_ARGS, &DENY_WARNINGS].concat(), &[])?;
    cargo(&[&["clippy", "--all-targets"][..], &XTASK_ARGS, &DENY_WARNINGS].concat(), &[])
}

pub(crate) fn run_unit_tests() -> Result<(), String> {
    cargo(&[&["test", "--bins"][..], &XTASK_ARGS].concat(), &[])?;
    run_tests(&["--lib", "--bins"])
}

pub(crate) fn run_doc_tests() -> Result<(), String> {
    run_tests(&["--doc"])
}

pub(crate) fn test_import_cycles() -> Result<(), String> {
    cargo(&[&["test", "--test=import_cycles"][..], &XTASK_ARGS].concat(), &[])
}

/// Runs the integration tests, except those with `test = false` in their manifest and `import-cycles`, which ran earlier.
pub(crate) fn run_integration_tests() -> Result<(), String> {
    let metadata = read_output(env!("CARGO"), &["metadata", "--no-deps", "--format-version=1", "--locked"])?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let targets = list(&metadata["packages"]).into_iter().flat_map(|package| list(&package["targets"]));
    let tested = targets
        .filter(|target| target["kind"][0] == "test" && target["test"] == true && target["name"] != "import_cycles");
    let names: Vec<String> =
        tested.map(|target| format!("--test={}", target["name"].as_str().unwrap_or_default())).collect();
    run_tests(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Its manifest excludes it from `cargo test`.
pub(crate) fn test_scale() -> Result<(), String> {
    run_tests(&["--test=scale"])
}

/// Its manifest excludes it from `cargo test`.
pub(crate) fn test_hostile() -> Result<(), String> {
    run_tests(&["--test=hostile"])
}

/// Its manifest excludes it from `cargo test`. `python` has the packages of `tests/simulation/requirements.txt`.
pub(crate) fn test_simulation(python: &str) -> Result<(), String> {
    let arguments = [&["test", "--test=simpy", "--test=closed_forms"][..], &WORKSPACE_ARGS].concat();
    cargo(&arguments, &[("AJO_SIMPY_PYTHON", python)])
}

/// Runs the tests with local servers. `cargo test` leaves out two of the targets, and the other skips these tests without the
/// variable.
pub(crate) fn test_shared_state() -> Result<(), String> {
    run_tests(&["--test=buckets"])?;
    // One at a time: they measure times, and short leases would expire.
    run_tests(&["--test=shared_state", "--", "--test-threads=1"])?;
    let arguments = [&["test"][..], &WORKSPACE_ARGS, &["--test=cli", "shared_state"]].concat();
    cargo(&arguments, &[("AJO_TEST_BUCKETS", "1")])
}

fn run_tests(targets: &[&str]) -> Result<(), String> {
    // The benchmarks have no tests.
    let arguments = [&["test", "--exclude=ajo-bench"][..], &WORKSPACE_ARGS, targets].concat();
    let is_random = std::env::var_os("AJO_TEST_FULL").is_some() || std::env::var_os(SEED.0).is_some();
    cargo(&arguments, if is_random { &[] } else { &[SEED] })
}

pub(crate) fn check_doc_links() -> Result<(), String> {
    for packages in [&WORKSPACE_ARGS[..], &XTASK_ARGS] {
        cargo(&[&["doc", "--no-deps"][..], packages].concat(), &[("RUSTDOCFLAGS", "-D warnings")])?;
    }
    Ok(())
}

/// Checks that `ajo-limits` has no client, the emulator no HTTP client, and the MCP server nothing that can write among their
/// dependencies.
pub(crate) fn check_crate_dependencies() -> Result<(), String> {
    check_dependency_tree(
        "ajo-limits",
        &["axum", "gloo-net", "hyper", "mio", "reqwest", "rustls", "tokio", "web-sys"],
    )?;
    check_dependency_tree("ajo-emulator", &["gloo-net", "reqwest", "rustls"])?;
    check_dependency_tree(
        "ajo-mcp",
        &["ajo-apply", "ajo-auth", "ajo-core", "ajo-limits", "ajo-state", "hyper", "object_store", "reqwest", "rustls"],
    )
}

fn check_dependency_tree(package: &str, denied: &[&str]) -> Result<(), String> {
    let tree = ["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--locked"];
    let tree = read_output(env!("CARGO"), &tree)?;
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    match names.into_iter().find(|name| denied.contains(name)) {
        None => Ok(()),
        Some(name) => Err(format!("{package} depends on {name}; see `cargo tree --package {package} --invert {name}`")),
    }
}

/// Lints `ajo-core` without an HTTP client, and with both; and the command without buckets and keychains.
pub(crate) fn check_features() -> Result<(), String> {
    for (package, features) in
        [("ajo-core", "--no-default-features"), ("ajo-core", "--all-features"), ("ajo", "--no-default-features")]
    {
        cargo(&[&["clippy", "--package", package, features, "--locked"][..], &DENY_WARNINGS].concat(), &[])?;
    }
    Ok(())
}

/// Links the npm package's module without `std`, checks the crates that support WebAssembly, and lints the client over `fetch`.
pub(crate) fn check_wasm_builds() -> Result<(), String> {
    let target = ["--target", WASM32, "--locked"];
    link_without_std(&target)?;
    let core = ["check", "--package", "ajo-core", "--package", "ajo-emulator", "--no-default-features"];
    cargo(&[&core[..], &target].concat(), &[])?;
    cargo(&[&["check", "--package", "ajo-limits", "--package", "ajo-simulator"][..], &target].concat(), &[])?;
    let client = ["clippy", "--package", "ajo-core", "--no-default-features", "--features", "fetch"];
    cargo(&[&client[..], &target, &DENY_WARNINGS].concat(), &[])?;
    cargo(&[&["clippy", "--package", "ajo-fetch-tests", "--tests"][..], &target, &DENY_WARNINGS].concat(), &[])
}

/// Links the npm package's module, which has no `std`, and prints its size before wasm-opt.
fn link_without_std(target: &[&str]) -> Result<(), String> {
    // The smaller sha2 backend, as in the npm package. Stripped, because only the size matters here.
    let flags = [("RUSTFLAGS", "--cfg=sha2_backend_soft=\"compact\"")];
    let build = ["build", "--package", "ajo-wasm", "--profile", "wasm", "--config", "profile.wasm.strip=true"];
    cargo(&[&build[..], target].concat(), &flags)?;
    let module = workspace::target().join(WASM32).join("wasm/ajo_wasm.wasm");
    let size = std::fs::metadata(&module).map_err(|error| format!("{}: {error}", module.display()))?.len();
    log(&format!("    the module without std: {size} bytes"));
    Ok(())
}

pub(crate) fn run_wasm_tests() -> Result<(), String> {
    // A list, because cargo would split an environment variable at a space in the path.
    let runner = format!("target.{WASIP1}.runner=['node', '{}']", root().join("xtask/wasi.mjs").display());
    let packages = ["--package", "ajo-engine", "--package", "ajo-auth", "--package", "ajo-core"];
    let suites = ["--no-default-features", "--lib", "--test", "engine"];
    let target = ["--target", WASIP1, "--locked", "--config", &runner];
    // A panic aborts the program, and the harness loses captured output.
    cargo(&[&["test"][..], &packages, &suites, &target, &["--", "--nocapture"]].concat(), &[])
}
