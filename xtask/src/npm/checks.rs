//! `cargo xtask test npm-unit` and `npm`: the checks that need only Node.js.

use super::folders::{build_folder, path_string, run_in_sources, run_script};
use super::package::pack;

/// Tests the JS wrapper on a scripted core, and its types. Needs no WebAssembly.
pub(crate) fn test_wrapper() -> Result<(), String> {
    run_in_sources("npm", &["run", "--silent", "check"])?;
    run_script("test.mjs", &[&path_string(&build_folder("tests"))])
}

/// Checks the packed package: manifest, types, tests with the real core, and size budgets.
pub(crate) fn test_package() -> Result<(), String> {
    let tarball = path_string(&pack()?);
    node_module("publint/src/cli.js", &["run", "--strict", &tarball])?;
    // `node10` resolution ignores `exports`, so it finds no subpath. WebAssembly modules can be imported but not required.
    let exceptions = ["--profile", "node16", "--exclude-entrypoints", "core.wasm", "emulator.wasm"];
    node_module("@arethetypeswrong/cli/dist/index.js", &[&[tarball.as_str(), "--quiet"], &exceptions[..]].concat())?;
    run_script("types.mjs", &[&tarball, &path_string(&build_folder("types"))])?;
    run_script("test-package.mjs", &[&tarball, &path_string(&build_folder("packed"))])?;
    run_script("budgets.mjs", &[&path_string(&build_folder("package")), &tarball])
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
