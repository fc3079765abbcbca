//! Errors: the response of a failed call, its hint, and the public error.
//!
//! A 403, for example, goes through three files: [`error_response`] parses it and finds the layer that sent it, [`hint`] chooses the hint
//! by its code, and [`attempt_outcome`](crate::retry::attempt_outcome) decides that it is not retried.

pub(crate) mod attempt_error;
pub(crate) mod call_error;
pub(crate) mod error_kind;
pub(crate) mod error_response;
pub(crate) mod hint;
