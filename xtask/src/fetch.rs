//! `cargo xtask test fetch`: the client over `fetch` on WebAssembly, in Node.js and in a real Chromium, with `tests/fetch/`.
//!
//! With wasm-bindgen's own test runner, which `wasm-pack test` starts too. wasm-pack stays out of it, because it installs what it does
//! not find, and is itself some minutes to build.

use std::path::{Path, PathBuf};

use crate::{browser, complain, npm, test};

const TARGET: &str = "wasm32-unknown-unknown";
const RUNNER: &str = "wasm-bindgen-test-runner";

/// Chromium's driver, where Debian has it; another is named by the variable, which the test runner reads as well.
const DRIVER: &str = "/usr/bin/chromedriver";
const DRIVER_VARIABLE: &str = "CHROMEDRIVER";

/// How long the runner waits for the browser, in seconds. Chosen here; all of it takes two.
const BROWSER_TIMEOUT: &str = "120";

/// Runs the tests where that is possible, and says why where it is not.
pub(crate) fn run_if_possible() -> Result<(), String> {
    let skipped = |what: &str, missing: &str| complain(&format!("==> skipped: {what}, because {missing}"));
    match prepare() {
        Ok(runner) => {
            in_node(&runner)?;
            match driver() {
                Ok(driver) => in_browser(&runner, &driver)?,
                Err(missing) => skipped("the client over fetch in a browser", &missing),
            }
        }
        Err(missing) => skipped("the client over fetch", &missing),
    }
    Ok(())
}

/// Runs the tests. They were asked for by name, so it is an error when they cannot run.
pub(crate) fn run() -> Result<String, String> {
    let runner = prepare()?;
    let driver = driver()?;
    in_node(&runner)?;
    in_browser(&runner, &driver)?;
    Ok("the client over fetch works in Node.js and in Chromium".to_owned())
}

fn in_node(runner: &Path) -> Result<(), String> {
    complain("==> the client over fetch works in Node.js");
    tests(runner, &[], &[])
}

fn in_browser(runner: &Path, driver: &str) -> Result<(), String> {
    complain("==> the client over fetch works in a browser");
    tests(runner, &["--features=browser"], &[(DRIVER_VARIABLE, driver), ("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_TIMEOUT)])
}

/// With an emulator around it, whose address and credentials are compiled into the tests: a browser has no environment.
fn tests(runner: &Path, more: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let runner = format!("target.{TARGET}.runner=['{}']", runner.display());
    let emulator = ["run", "--quiet", "--package", "ajo", "--locked", "--", "emulator", "exec", "--", env!("CARGO")];
    let what = ["test", "--package", "ajo-fetch-tests", "--target", TARGET, "--locked", "--config", &runner];
    test::cargo(&[&emulator[..], &what, more].concat(), environment)
}

/// Looks for what the tests need; else says what is missing.
fn prepare() -> Result<PathBuf, String> {
    if !test::has_node() {
        return Err(format!("there is no node {} or newer", test::OLDEST_NODE));
    }
    if !test::add_target(TARGET) {
        return Err(format!("rustup could not add {TARGET}"));
    }
    // Of the version that Cargo.lock has: it understands what exactly its own version of the crate has written.
    npm::install_bindgen()?;
    Ok(npm::tools().join(RUNNER))
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
