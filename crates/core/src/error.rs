//! The error of one attempt, and the public error of a call. The engine decides what a failure means.

pub(crate) mod attempt_error;
pub(crate) mod call_error;
pub(crate) mod redeploy_error;
