//! `ajo api`.

mod emulator;
mod input;
mod other_apis;
mod output;
mod pagination;
mod refused_targets;
pub(crate) mod stub;
