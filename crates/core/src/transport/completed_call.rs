//! The result of a finished call.

use std::time::Duration;

use crate::HttpResponse;
use crate::error::attempt_error::AttemptError;
use crate::transport::trace_span::TraceSpan;

/// The result of a finished call.
pub(crate) struct CompletedCall {
    pub(crate) result: Result<HttpResponse, Box<AttemptError>>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// The `x-request-id` that was sent.
    pub(crate) request_id: String,
    /// Whether the last attempt found that an earlier one had applied the change.
    pub(crate) already_applied: bool,
    /// Ends with the call.
    pub(crate) span: TraceSpan,
}
