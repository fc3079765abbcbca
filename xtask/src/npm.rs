//! The npm package, built from `crates/wasm` by `crates/wasm/npm/scripts/`.

pub(crate) mod bundlers;
pub(crate) mod checks;
pub(crate) mod folders;
pub(crate) mod oracle;
pub(crate) mod package;
pub(crate) mod runtimes;
mod wasm_module;
