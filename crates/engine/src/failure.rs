//! Failed calls: what happened, whether the change may have been applied, what to do, and the message.

pub(crate) mod call_failure;
pub(crate) mod error_kind;
pub(crate) mod failed_response;
mod failure_hint;
mod failure_message;
pub(crate) mod request_target;
pub(crate) mod send_error_kind;
#[cfg(test)]
mod tests;
