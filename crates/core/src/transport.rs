//! Sending a call: the loop around the engine, and one HTTP request.

pub(crate) mod call_loop;
pub(crate) mod call_progress;
pub(crate) mod headers;
pub(crate) mod http_transport;
pub(crate) mod outcome;
pub(crate) mod request;
pub(crate) mod request_id;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_transport;
mod response_limits;
pub(crate) mod tracing;
