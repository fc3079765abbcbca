//! The called endpoint.

pub(crate) mod endpoint_error;
pub(crate) mod failures;
pub(crate) mod latency;
mod latency_curve;
pub(crate) mod simulated_endpoint;
