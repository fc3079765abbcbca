//! Renders reports. `format.rs` lists the formats.

mod config_steps;
mod diff;
mod drift_finding;
mod findings;
mod format;
mod github;
mod json;
mod junit;
mod markdown;
mod observed_config;
mod print;
mod sarif;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod traffic_effect;

#[cfg(test)]
pub(crate) use drift_finding::DriftCode;
pub(crate) use findings::DEFINITION_REPORT;
pub(crate) use format::OutputFormat;
pub(crate) use print::{exit_code, print};
pub(crate) use summary::pluralize;
pub(crate) use text::TextStyle;
