//! `cargo xtask test npm-unit` and `npm`: what Node.js alone can check.

use super::folders::{display, out, run, run_script};
use super::package::pack;

/// The JS wrapper on a scripted core, and its types. Needs no WebAssembly.
pub(crate) fn test_wrapper() -> Result<(), String> {
    run("npm", &["run", "--silent", "check"])?;
    run_script("test.mjs", &[&display(&out("tests"))])
}

/// The packed package: manifest, types, tests with its real core, size budgets.
pub(crate) fn test_package() -> Result<(), String> {
    let tarball = display(&pack()?);
    node_module("publint/src/cli.js", &["run", "--strict", &tarball])?;
    // Before `exports`, resolution finds the package itself and none of its other entries. Modules of WebAssembly can be
    // imported and not required.
    let exceptions = ["--profile", "node16", "--exclude-entrypoints", "core.wasm", "emulator.wasm"];
    node_module("@arethetypeswrong/cli/dist/index.js", &[&[tarball.as_str(), "--quiet"], &exceptions[..]].concat())?;
    run_script("types.mjs", &[&tarball, &display(&out("types"))])?;
    run_script("packed.mjs", &[&tarball, &display(&out("packed"))])?;
    run_script("budgets.mjs", &[&display(&out("package")), &tarball])
}

fn node_module(program: &str, arguments: &[&str]) -> Result<(), String> {
    run("node", &[&[format!("node_modules/{program}").as_str()], arguments].concat())
}
