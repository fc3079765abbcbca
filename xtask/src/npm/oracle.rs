//! `cargo xtask test oracle`: compares the npm package with the native crates on random inputs, with `tests/oracle/`.

use super::folders::{build_folder, path_string};
use super::package::pack;
use super::wasm_module::ORACLE_MODULE;
use crate::process::run_in;
use crate::workspace::root;

const FOLDER: &str = "tests/oracle";
/// `test --full` compares the first number of inputs, other tiers the second.
const INPUTS: (&str, &str) = ("1000000", "30000");

pub(crate) fn test() -> Result<(), String> {
    pack()?;
    let glue = build_folder("oracle");
    ORACLE_MODULE.build(&glue)?;
    let inputs = if std::env::var_os("AJO_TEST_FULL").is_some() { INPUTS.0 } else { INPUTS.1 };
    let package = path_string(&build_folder("package"));
    run_in(&root().join(FOLDER), "node", &["run.mjs", &package, &path_string(&glue), "--inputs", inputs])
}
