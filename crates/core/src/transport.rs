//! Sending a call: its attempts, one attempt, and one HTTP request.

pub(crate) mod attempt;
pub(crate) mod headers;
pub(crate) mod http_transport;
pub(crate) mod rate_limit;
pub(crate) mod request;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_transport;
pub(crate) mod retry_loop;
pub(crate) mod tracing;
