//! Parsing JSON: response bodies, and definitions before they are sent.

pub(crate) mod config_definition;
#[cfg(all(test, feature = "client"))]
mod engine_comparison;
pub(crate) mod lenient;
#[cfg(feature = "client")]
pub(crate) mod response_body;
