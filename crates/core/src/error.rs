//! The error of one attempt, and the public error of a call. The engine parses error responses, chooses hints, and decides retries.

pub(crate) mod attempt_error;
pub(crate) mod call_error;
pub(crate) mod error_kind;
pub(crate) mod redeploy_error;
