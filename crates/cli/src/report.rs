//! Reports, rendered for people, programs, reviews, and build servers. `format.rs` lists the formats.

mod config_outcome;
mod diff;
mod format;
mod github;
mod json;
mod junit;
mod markdown;
mod print;
mod sarif;
mod summary;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use format::Format;
pub(crate) use print::{exit_code, print};
pub(crate) use text::TextStyle;
