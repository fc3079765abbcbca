//! `cargo xtask test fetch`: the client over `fetch` on WebAssembly, in Node.js and in a real Chromium, with `tests/fetch/`, and the
//! Worker in its documentation, compiled.
//!
//! With `wasm-pack test`, which starts wasm-bindgen's test runner, and here installs nothing.

use std::path::Path;
use std::process::Command;

use crate::{browser, complain, npm, test};

const TARGET: &str = "wasm32-unknown-unknown";
/// The version that was tried.
const WASM_PACK: &str = "0.15.1";

/// The Worker in the documentation of `ajo_core::fetch`; apart from the workspace.
const WORKER: &str = "tests/fetch/worker/Cargo.toml";
/// The minor version of the oldest Rust that the crate `worker` takes.
const WORKER_RUST: u32 = 91;

/// Chromium's driver, where Debian has it; another is named by the variable, which the test runner reads as well.
const DRIVER: &str = "/usr/bin/chromedriver";
const DRIVER_VARIABLE: &str = "CHROMEDRIVER";

/// How long the runner waits for the browser, in seconds. Chosen here; all of it takes two.
const BROWSER_TIMEOUT: &str = "120";

/// Runs the tests where that is possible, and says why where it is not.
pub(crate) fn run_if_possible() -> Result<(), String> {
    let skipped = |what: &str, missing: &str| complain(&format!("==> skipped: {what}, because {missing}"));
    match prepare() {
        Ok(()) => {
            if has_rust(WORKER_RUST) {
                worker()?;
            } else {
                skipped("the Worker in the documentation", &format!("its crate takes Rust 1.{WORKER_RUST}"));
            }
            in_node()?;
            match driver() {
                Ok(driver) => in_browser(&driver)?,
                Err(missing) => skipped("the client over fetch in a browser", &missing),
            }
        }
        Err(missing) => skipped("the client over fetch", &missing),
    }
    Ok(())
}

/// Runs the tests. They were asked for by name, so it is an error when they cannot run.
pub(crate) fn run() -> Result<String, String> {
    prepare()?;
    let driver = driver()?;
    worker()?;
    in_node()?;
    in_browser(&driver)?;
    Ok("the client over fetch works in Node.js and in Chromium".to_owned())
}

/// Compiles the Worker in the documentation, with the crate that Workers in Rust are written with. Into a folder of its own, because
/// its dependencies have other features.
fn worker() -> Result<(), String> {
    complain("==> the Worker in the documentation compiles");
    let what = ["check", "--quiet", "--manifest-path", WORKER, "--target", TARGET, "--locked"];
    test::cargo(&[&what[..], &["--target-dir", "target/worker"]].concat(), &[])
}

/// Whether this Rust is 1.`minor` or newer.
fn has_rust(minor: u32) -> bool {
    let Ok(output) = Command::new("rustc").arg("--version").output() else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.split_once(" 1.").and_then(|(_, rest)| rest.split('.').next()?.parse::<u32>().ok());
    found.is_some_and(|found| found >= minor)
}

fn in_node() -> Result<(), String> {
    complain("==> the client over fetch works in Node.js");
    tests(&["--node"], &[], &[])
}

fn in_browser(driver: &str) -> Result<(), String> {
    complain("==> the client over fetch works in a browser");
    let how = ["--headless", "--chrome", "--chromedriver", driver];
    tests(&how, &["--features=browser"], &[("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT)])
}

/// With an emulator around it, whose address and credentials are compiled into the tests: a browser has no environment.
fn tests(how: &[&str], more: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let pack = npm::tools().join("wasm-pack").display().to_string();
    let emulator = ["run", "--quiet", "--package", "ajo", "--locked", "--", "emulator", "exec", "--", &pack, "test"];
    let what = ["--mode", "no-install", "tests/fetch", "--locked"];
    // It looks for the runner on the path.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::iter::once(npm::tools()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(places).map_err(|error| error.to_string())?;
    let path = path.to_str().ok_or("the variable PATH is no text")?;
    test::cargo(&[&emulator[..], how, &what, more].concat(), &[environment, &[("PATH", path)]].concat())
}

/// Looks for what the tests need; else says what is missing.
fn prepare() -> Result<(), String> {
    if !test::has_node() {
        return Err(format!("there is no node {} or newer", test::OLDEST_NODE));
    }
    if !test::add_target(TARGET) {
        return Err(format!("rustup could not add {TARGET}"));
    }
    // The test runner, of the version that Cargo.lock has: it understands what exactly its own version of the crate has written.
    npm::install_bindgen()?;
    npm::install("wasm-pack", "wasm-pack", WASM_PACK)
}

fn driver() -> Result<String, String> {
    let chromium = browser::CHROMIUM;
    if !Path::new(chromium).exists() {
        return Err(format!("there is no {chromium}, which tests/fetch/webdriver.json names"));
    }
    let driver = std::env::var(DRIVER_VARIABLE).unwrap_or_else(|_| DRIVER.to_owned());
    if Path::new(&driver).exists() {
        Ok(driver)
    } else {
        Err(format!("there is no {driver}; {DRIVER_VARIABLE} can name another"))
    }
}
