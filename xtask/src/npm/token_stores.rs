//! `cargo xtask test token-stores`: tests the package's token stores in workerd, and the examples of token stores.

use super::folders::{build_folder, path_string, run_in_sources};
use super::package::pack;

/// The folder of the tests, with the packages of the examples.
pub(crate) const FOLDER: &str = "crates/wasm/npm/test/stores";

pub(crate) fn test() -> Result<(), String> {
    run_in_sources("node", &["test/stores/examples.mjs"])?;
    pack()?;
    run_in_sources("node", &["test/stores/isolates.mjs", &path_string(&build_folder("package"))])
}
