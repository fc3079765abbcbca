//! Runs calls: the loop around the engine, and the transport that sends one HTTP request.

pub(crate) mod call_runner;
pub(crate) mod check_response;
pub(crate) mod completed_call;
pub(crate) mod headers;
pub(crate) mod http_request;
pub(crate) mod http_transport;
pub(crate) mod in_flight_call;
pub(crate) mod request_id;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_transport;
pub(crate) mod trace_span;
