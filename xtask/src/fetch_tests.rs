//! The steps `fetch` and `fetch-browser` run `tests/fetch/` on WebAssembly, in Node.js and in Chromium. The step `worker` compiles the
//! Worker from the documentation of `ajo_core::fetch`.
//!
//! `wasm-pack test` starts wasm-bindgen's test runner and installs nothing.

use crate::process::cargo;
use crate::requirement::{CHROMEDRIVER, WASM32, program_path};
use crate::tools;

/// Not a member of the workspace.
const WORKER_MANIFEST: &str = "tests/fetch/worker/Cargo.toml";
/// Minor version of the oldest Rust that compiles the crate `worker`.
pub(crate) const WORKER_MIN_RUST: u32 = 91;

/// Seconds that the runner waits for the browser; the tests take 2 s.
const BROWSER_TIMEOUT: &str = "120";

/// Compiles the Worker into a separate target folder, because its dependencies have other features.
pub(crate) fn check_worker() -> Result<(), String> {
    let check = ["check", "--quiet", "--manifest-path", WORKER_MANIFEST, "--target", WASM32, "--locked"];
    cargo(&[&check[..], &["--target-dir", "target/worker"]].concat(), &[])
}

pub(crate) fn test_in_node() -> Result<(), String> {
    run_wasm_pack(&["--node"], &[], &[])
}

pub(crate) fn test_in_browser() -> Result<(), String> {
    let driver = program_path(CHROMEDRIVER).display().to_string();
    let options = ["--headless", "--chrome", "--chromedriver", &driver];
    run_wasm_pack(&options, &["--features=browser"], &[("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT)])
}

/// Runs the tests inside `ajo emulator exec`. Address and credentials are compiled in, because a browser has no environment.
fn run_wasm_pack(options: &[&str], features: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let pack = tools::bin_folder().join("wasm-pack").display().to_string();
    let emulator = ["run", "--quiet", "--package", "ajo", "--locked", "--", "emulator", "exec", "--", &pack, "test"];
    let tests = ["--mode", "no-install", "tests/fetch", "--locked"];
    // wasm-pack looks for the runner on the path.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools::bin_folder()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).map_err(|error| error.to_string())?;
    let path = path.to_str().ok_or("the variable PATH is not UTF-8")?;
    cargo(&[&emulator[..], options, &tests, features].concat(), &[environment, &[("PATH", path)]].concat())
}
