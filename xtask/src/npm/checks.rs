//! `cargo xtask test npm-unit` and `npm`: the checks that need only Node.js.

use super::folders::{EMULATOR_SOURCES_FOLDER, build_folder, path_string, run_in_sources, run_script};
use super::package::{CLIENT_PACKAGE, EMULATOR_PACKAGE, pack, pack_emulator};
use crate::process::run_in;
use crate::workspace::root;

/// Tests the JS wrapper on a scripted module, compiles both packages, and compares the README with the lock files. Needs no WebAssembly.
pub(crate) fn test_wrapper() -> Result<(), String> {
    run_in_sources("npm", &["run", "--silent", "check"])?;
    let emulator = path_string(&root().join(EMULATOR_SOURCES_FOLDER));
    node_module("typescript/bin/tsc", &["-p", &emulator])?;
    run_script("tested-versions.mjs", &["--check"])?;
    run_script("test.mjs", &[&path_string(&build_folder("tests"))])
}

/// Checks both tarballs: manifest, types, tests with the real modules, and size budgets.
pub(crate) fn test_packages() -> Result<(), String> {
    let (client, emulator) = (path_string(&pack()?), path_string(&pack_emulator()?));
    check_manifest(&client, "core.wasm")?;
    let types = build_folder(CLIENT_PACKAGE).join("types/esm");
    run_script("docs.mjs", &[&path_string(&types), "--check"])?;
    run_script("types.mjs", &[&path_string(&build_folder("types")), &client, &emulator])?;
    run_script("test-package.mjs", &["test/package", &path_string(&build_folder("packed")), &client, &emulator])?;
    run_script("budgets.mjs", &[&path_string(&build_folder(CLIENT_PACKAGE)), &client])?;

    check_manifest(&emulator, "module.wasm")?;
    let tests = path_string(&root().join(EMULATOR_SOURCES_FOLDER).join("test"));
    run_script("test-package.mjs", &[&tests, &path_string(&build_folder("emulator-packed")), &emulator])?;
    run_emulator_script("types.mjs", &[&path_string(&build_folder("emulator-types")), &emulator, &client])?;
    run_emulator_script("budgets.mjs", &[&path_string(&build_folder(EMULATOR_PACKAGE)), &emulator])
}

/// Checks package.json, and that its types resolve. A WebAssembly module can be imported but not required.
fn check_manifest(tarball: &str, module: &str) -> Result<(), String> {
    node_module("publint/src/cli.js", &["run", "--strict", tarball])?;
    node_module("@arethetypeswrong/cli/dist/index.js", &[tarball, "--quiet", "--exclude-entrypoints", module])
}

/// Runs one of the scripts of the emulator's package.
fn run_emulator_script(script: &str, arguments: &[&str]) -> Result<(), String> {
    let script = format!("scripts/{script}");
    run_in(&root().join(EMULATOR_SOURCES_FOLDER), "node", &[&[script.as_str()], arguments].concat())
}

/// Checks that memory stays flat over many calls of the built package.
pub(crate) fn test_memory() -> Result<(), String> {
    pack()?;
    let calls = if std::env::var_os("AJO_TEST_FULL").is_some() { "200000" } else { "20000" };
    let package = path_string(&build_folder("package"));
    run_in_sources("node", &["--expose-gc", "bench/memory.mjs", &package, calls])
}

fn node_module(program: &str, arguments: &[&str]) -> Result<(), String> {
    run_in_sources("node", &[&[format!("node_modules/{program}").as_str()], arguments].concat())
}
