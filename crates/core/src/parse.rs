//! Parsing JSON: response bodies, and definitions before they are sent.

pub(crate) mod lenient;
#[cfg(feature = "client")]
pub(crate) mod payload_schema;
#[cfg(feature = "client")]
pub(crate) mod response;
