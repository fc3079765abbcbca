//! Parsing JSON: response bodies, and definitions before they are sent.

pub(crate) mod lenient;
pub(crate) mod payload_schema;
pub(crate) mod response;
