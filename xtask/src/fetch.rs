//! The steps `fetch` and `fetch-browser`: the client over `fetch` on WebAssembly, in Node.js and in a real Chromium, with `tests/fetch/`.
//! The step `worker`: the Worker in its documentation, compiled.
//!
//! `wasm-pack test` starts wasm-bindgen's test runner and installs nothing here.

use crate::need::{CHROMEDRIVER, WASM32, path};
use crate::process::cargo;
use crate::tools;

/// The Worker in the documentation of `ajo_core::fetch`; not in the workspace.
const WORKER: &str = "tests/fetch/worker/Cargo.toml";
/// The minor version of the oldest Rust that the crate `worker` compiles with.
pub(crate) const WORKER_RUST: u32 = 91;

/// Seconds that the runner waits for the browser; the tests take two.
const BROWSER_TIMEOUT: &str = "120";

/// Compiles the Worker into a folder of its own, because its dependencies have other features.
pub(crate) fn check_worker() -> Result<(), String> {
    let check = ["check", "--quiet", "--manifest-path", WORKER, "--target", WASM32, "--locked"];
    cargo(&[&check[..], &["--target-dir", "target/worker"]].concat(), &[])
}

pub(crate) fn test_in_node() -> Result<(), String> {
    test(&["--node"], &[], &[])
}

pub(crate) fn test_in_browser() -> Result<(), String> {
    let driver = path(CHROMEDRIVER).display().to_string();
    let options = ["--headless", "--chrome", "--chromedriver", &driver];
    test(&options, &["--features=browser"], &[("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT)])
}

/// Runs the tests inside `ajo emulator exec`. Address and credentials are compiled into the tests: a browser has no environment.
fn test(options: &[&str], features: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let pack = tools::bin().join("wasm-pack").display().to_string();
    let emulator = ["run", "--quiet", "--package", "ajo", "--locked", "--", "emulator", "exec", "--", &pack, "test"];
    let tests = ["--mode", "no-install", "tests/fetch", "--locked"];
    // wasm-pack looks for the runner on the path.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools::bin()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).map_err(|error| error.to_string())?;
    let path = path.to_str().ok_or("the variable PATH is not UTF-8")?;
    cargo(&[&emulator[..], options, &tests, features].concat(), &[environment, &[("PATH", path)]].concat())
}
