//! `cargo xtask test`: the test command of the README, and all that CI runs.

use std::ffi::OsStr;
use std::process::Command;

use crate::{browser, complain, drift, fetch, generate, npm, root, schemathesis, tidy};

/// One program to run, and what it proves.
struct Step {
    proves: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

/// A feature that is off by default, and tested all the same.
const REDIS: &str = "--features=ajo-auth/redis";

const STEPS: &[Step] = &[
    Step { proves: "the code is formatted", arguments: &["fmt", "--all", "--check"], environment: &[] },
    Step {
        proves: "no lint is broken",
        arguments: &["clippy", "--workspace", "--all-targets", REDIS, "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    Step {
        proves: "models and rules need no HTTP client",
        arguments: &["clippy", "--package", "ajo-core", "--no-default-features", "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    Step {
        proves: "the client over fetch compiles beside the native one",
        arguments: &["clippy", "--package", "ajo-core", "--all-features", "--locked", "--", "-D", "warnings"],
        environment: &[],
    },
    Step {
        proves: "every test and every example in the documentation passes",
        arguments: &["test", "--workspace", REDIS, "--locked"],
        environment: &[],
    },
    Step {
        proves: "the documentation builds and its links lead somewhere",
        arguments: &["doc", "--workspace", REDIS, "--no-deps", "--locked"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
];

/// Runs everything; the first failure ends it.
pub(crate) fn run() -> Result<String, String> {
    complain("==> the generated code is what the specs say");
    complain(&generate::run(true)?);

    // The vendor's file is not part of the project, so a clone elsewhere goes without this comparison.
    let upstream = root().join("../shared/upstream/journeys-throttling.yaml");
    if upstream.exists() {
        complain("==> the specs differ from the vendor's as explained");
        complain(&drift::run(&upstream)?);
    } else {
        complain("==> skipped: comparison with the vendor's spec, which is not beside this checkout");
    }

    complain("==> what no compiler checks is tidy");
    complain(&tidy::check()?);
    planning_cannot_call()?;
    webassembly()?;
    decisions_on_webassembly()?;
    for step in STEPS {
        complain(&format!("==> {}", step.proves));
        cargo(step.arguments, step.environment)?;
    }
    browser::run_if_possible()?;
    fetch::run_if_possible()?;
    schemathesis::run_if_possible()?;
    npm::test_if_possible()?;
    Ok("all of it passes".to_owned())
}

/// Planning cannot write: nothing that could carry a call is in the tree of `ajo-limits`.
fn planning_cannot_call() -> Result<(), String> {
    const CALLERS: &[&str] = &["axum", "gloo-net", "hyper", "mio", "reqwest", "rustls", "tokio", "web-sys"];
    complain("==> planning has neither a client nor a runtime");
    let tree = ["tree", "--package", "ajo-limits", "--edges", "normal", "--prefix", "none", "--locked"];
    let output = Command::new(env!("CARGO")).args(tree).current_dir(root()).output();
    let output = output.map_err(|error| format!("failed to start cargo: {error}"))?;
    let tree = String::from_utf8_lossy(&output.stdout);
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let found: Vec<_> = tree.lines().map(name).filter(|name| CALLERS.contains(&name.as_str())).collect();
    match (output.status.success(), found.first()) {
        (true, None) => Ok(()),
        (true, Some(caller)) => Err(format!("ajo-limits depends on {caller}")),
        (false, _) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Models, rules and the emulator's core must compile for WebAssembly, where the npm package has a transport of its own. The target is not part of
/// every Rust installation: rustup adds it, and where there is no rustup or no network this is skipped.
fn webassembly() -> Result<(), String> {
    const TARGET: &str = "wasm32-unknown-unknown";
    if !add_target(TARGET) {
        complain(&format!(
            "==> skipped: models, rules and the emulator's core for WebAssembly, because rustup could not add {TARGET}"
        ));
        return Ok(());
    }
    complain("==> models, rules and the emulator's core compile for WebAssembly");
    let what = ["check", "--package", "ajo-core", "--package", "ajo-emulator", "--no-default-features"];
    cargo(&[&what[..], &["--target", TARGET, "--locked"]].concat(), &[])?;
    cargo(&["check", "--package", "ajo-limits", "--target", TARGET, "--locked"], &[])?;
    complain("==> no lint is broken in the client over fetch");
    let what = ["clippy", "--package", "ajo-core", "--no-default-features", "--features", "fetch"];
    cargo(&[&what[..], &["--target", TARGET, "--locked", "--", "-D", "warnings"]].concat(), &[])?;
    let what = ["clippy", "--package", "ajo-fetch-tests", "--tests"];
    cargo(&[&what[..], &["--target", TARGET, "--locked", "--", "-D", "warnings"]].concat(), &[])
}

/// What decides must come to the same on WebAssembly, so its tests run there too. That takes a target with a standard output,
/// which rustup adds as well, and Node.js.
fn decisions_on_webassembly() -> Result<(), String> {
    const TARGET: &str = "wasm32-wasip1";
    let skipped = "==> skipped: the tests of what decides, on WebAssembly, because";
    if !has_node() {
        complain(&format!("{skipped} there is no node {OLDEST_NODE} or newer to run it"));
        return Ok(());
    }
    if !add_target(TARGET) {
        complain(&format!("{skipped} rustup could not add {TARGET}"));
        return Ok(());
    }
    complain("==> the tests of what decides pass on WebAssembly");
    // A list and not an environment variable, which cargo would split where the path has a space.
    let runner = format!("target.{TARGET}.runner=['node', '{}']", root().join("xtask/wasi.mjs").display());
    let what = ["test", "--package", "ajo-auth", "--package", "ajo-core", "--no-default-features", "--lib"];
    let suites = ["--test", "auth", "--test", "outage"];
    let how = ["--target", TARGET, "--locked", "--config", &runner];
    // A panic ends the program there, and with it what the harness had captured of the panic's message.
    let shown = ["--", "--nocapture"];
    cargo(&[&what[..], &suites, &how, &shown].concat(), &[])
}

pub(crate) fn add_target(target: &str) -> bool {
    let added = Command::new("rustup").args(["target", "add", target]).current_dir(root()).output();
    added.is_ok_and(|output| output.status.success())
}

/// Major version of the oldest Node.js with the WASI that `wasi.mjs` uses.
pub(crate) const OLDEST_NODE: u32 = 20;

/// Whether a program is there, and says its version.
pub(crate) fn runs(program: impl AsRef<OsStr>) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

pub(crate) fn has_node() -> bool {
    let Ok(output) = Command::new("node").arg("--version").output() else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text.trim().strip_prefix('v').and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= OLDEST_NODE)
}

pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let line = arguments.join(" ");
    complain(&format!("    cargo {line}"));
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("failed to start cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {line}` ended with {status}")) }
}
