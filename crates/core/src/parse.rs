//! Parsing JSON: response bodies, and definitions before they are sent.

pub(crate) mod config_definition;
pub(crate) mod json_text;
pub(crate) mod lenient;
#[cfg(feature = "client")]
pub(crate) mod request_body;
#[cfg(feature = "client")]
pub(crate) mod response_body;
