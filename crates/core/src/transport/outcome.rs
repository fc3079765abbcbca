//! How a call ended.

use std::time::Duration;

use crate::HttpResponse;
use crate::error::attempt_error::Problem;

/// How a call ended.
pub(crate) struct Outcome {
    pub(crate) result: Result<HttpResponse, Box<Problem>>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// What was sent as `x-request-id`.
    pub(crate) request_id: String,
    /// The last attempt found done what an earlier one was to do.
    pub(crate) done_before: bool,
}
