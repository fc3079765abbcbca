//! The response to a call that succeeded.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::error::attempt_error::AttemptError;
use crate::error::call_error::CallMetadata;
use crate::transport::completed_call::CompletedCall;
use crate::{CallError, CallTarget, ErrorKind};

/// The response to a call that succeeded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CallResponse<R> {
    pub value: R,
    pub status: u16,
    /// The headers, with lower-case names. Empty unless the call is a [`Request`](crate::Request).
    ///
    /// The access token is redacted. Other values may be secret, such as the value of `set-cookie`: see [`is_secret_header`](crate::is_secret_header).
    pub headers: Vec<(String, String)>,
    /// The request id, which Adobe's support asks for.
    pub request_id: Option<String>,
    /// The raw body, including fields that the parsed value does not have.
    pub body: Bytes,
    pub attempts: u32,
    /// The duration of the call, including retries and the delays between them.
    pub elapsed: Duration,
    /// Whether an earlier attempt, whose response was lost, had already applied the change.
    ///
    /// The last attempt then found the configuration already deleted, deployed, or undeployed. The status and the body come from
    /// that error response.
    pub already_applied: bool,
}

impl<R> CallResponse<R> {
    /// Parses the body of a completed call.
    pub(crate) fn parse(
        target: CallTarget,
        completed: CompletedCall,
        parse: fn(&CallTarget, &[u8]) -> Result<R, String>,
    ) -> Result<Self, CallError> {
        let CompletedCall { result, attempts, elapsed, request_id, already_applied, span } = completed;
        let metadata = |request_id| CallMetadata { attempts, elapsed, request_id };
        let response = match result {
            Ok(response) => response,
            Err(error) => {
                span.record_call_end(attempts, error.failure.attempt_status(), Some(&error.failure), elapsed);
                return Err(CallError::from_attempt_error(target, *error, metadata(Some(request_id))));
            }
        };
        let (status, headers, body) = (response.status, response.headers, response.body);
        let request_id = response.request_id.or(Some(request_id));
        // After `AlreadyApplied` the body is an error response. That is fine: `x-already-applied` is for operations without a value.
        match parse(&target, &body) {
            Ok(value) => {
                span.record_call_end(attempts, Some(status), None, elapsed);
                Ok(Self { value, status, headers, request_id, body, attempts, elapsed, already_applied })
            }
            Err(message) => {
                let kind = ErrorKind::Decode { status, message, request_id: request_id.clone() };
                let error = AttemptError::from(kind);
                span.record_call_end(attempts, Some(status), Some(&error.failure), elapsed);
                Err(CallError::from_attempt_error(target, error, metadata(request_id)))
            }
        }
    }
}

impl<R: fmt::Debug> fmt::Debug for CallResponse<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallResponse")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("already_applied", &self.already_applied)
            .finish_non_exhaustive()
    }
}
