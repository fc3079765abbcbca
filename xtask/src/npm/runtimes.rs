//! `cargo xtask test runtimes`: the tarball in real runtimes, with `crates/wasm/npm/runtimes/`.

use std::path::PathBuf;

use super::{out, pack, prepare, run_in, sources, target, text};
use crate::{complain, test};

/// Tests the package where its runtimes are to be had. It was asked for by name, so it is an error when they are not.
pub(crate) fn test() -> Result<String, String> {
    if !available() {
        return Err("the runtimes are pinned for Linux on x86-64".to_owned());
    }
    prepare()?;
    check(&text(&pack()?))?;
    Ok("the npm package works in its runtimes".to_owned())
}

/// The same as a part of everything, where the package was built and tested just before.
pub(super) fn check_if_possible(tarball: &str) -> Result<(), String> {
    if available() {
        return check(tarball);
    }
    complain("==> skipped: the npm package in its runtimes, which are pinned for Linux on x86-64");
    Ok(())
}

/// Each runtime is a package with a program for one system in it.
const fn available() -> bool {
    cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

fn check(tarball: &str) -> Result<(), String> {
    complain("==> the npm package works in Node.js 20, 22 and 24, Deno, Bun, workerd and edge-runtime");
    install()?;
    test::cargo(&["build", "--package", "ajo", "--locked"], &[])?;
    let ajo = text(&target().join("debug/ajo"));
    run_in(&directory(), "node", &["run.mjs", tarball, &ajo, &text(&out("runtimes/fixture"))])
}

fn directory() -> PathBuf {
    sources().join("runtimes")
}

/// For `cargo xtask bench npm`, which can do without them.
pub(crate) fn install_if_possible() -> Result<(), String> {
    if available() { install() } else { Ok(()) }
}

fn install() -> Result<(), String> {
    let directory = directory();
    // Hundreds of megabytes, so they stay as long as what is pinned does; without their scripts, which would download more.
    let lock = directory.join("package-lock.json");
    let installed = directory.join("node_modules/.package-lock.json");
    let age = |path: &std::path::Path| path.metadata().and_then(|it| it.modified()).ok();
    if age(&installed).is_none_or(|installed| age(&lock).is_none_or(|lock| lock > installed)) {
        run_in(&directory, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    }
    Ok(())
}
