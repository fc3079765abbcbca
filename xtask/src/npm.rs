//! The npm packages: `ajo-limits`, built from `crates/wasm`, and `ajo-limits-emulator`, built from `crates/emulator-wasm`. Each has its
//! sources and scripts in a folder `npm`.

pub(crate) mod bundlers;
pub(crate) mod checks;
pub(crate) mod folders;
pub(crate) mod frameworks;
pub(crate) mod package;
pub(crate) mod runtimes;
pub(crate) mod token_stores;
mod wasm_module;
