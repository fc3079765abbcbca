//! Errors: the response of a failed call, its hint, and the public error.

pub(crate) mod attempt_error;
pub(crate) mod call_error;
pub(crate) mod error_kind;
pub(crate) mod error_response;
pub(crate) mod hint;
