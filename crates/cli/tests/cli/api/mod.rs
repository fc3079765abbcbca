//! `ajo api`.

mod input;
mod other_apis;
mod output;
mod pagination;
mod refused_targets;
mod stub;
