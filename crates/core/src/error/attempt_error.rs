//! The error of one attempt.

use std::error::Error as StdError;

use ajo_engine::CallFailure;

use crate::{ErrorKind, HttpResponse, SendError};

/// The error of one attempt: the failure, and the error of the transport.
#[derive(Debug)]
pub(crate) struct AttemptError {
    pub(crate) failure: CallFailure,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl AttemptError {
    /// Converts an error response into the response of a call that an earlier attempt had already applied.
    pub(crate) fn into_response(self) -> HttpResponse {
        let status = self.failure.attempt_status().unwrap_or_default();
        let request_id = match self.failure.kind {
            ErrorKind::Api(response) => response.request_id,
            _ => None,
        };
        HttpResponse { status, request_id, body: self.failure.body.into(), ..HttpResponse::default() }
    }

    /// Whether the response was not valid HTTP.
    pub(crate) fn is_invalid_http(&self) -> bool {
        let mut cause = self.source.as_deref().map(|error| error as &(dyn StdError + 'static));
        while let Some(error) = cause {
            if is_parse_error(error) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

#[cfg(feature = "reqwest")]
fn is_parse_error(error: &(dyn StdError + 'static)) -> bool {
    error.downcast_ref().is_some_and(hyper::Error::is_parse)
}

/// `fetch` does not report parse errors.
#[cfg(not(feature = "reqwest"))]
fn is_parse_error(_: &(dyn StdError + 'static)) -> bool {
    false
}

impl From<CallFailure> for AttemptError {
    fn from(failure: CallFailure) -> Self {
        Self { failure, source: None }
    }
}

impl From<ErrorKind> for AttemptError {
    fn from(kind: ErrorKind) -> Self {
        CallFailure::from(kind).into()
    }
}

impl From<SendError> for AttemptError {
    fn from(SendError { kind, proxy, message, source }: SendError) -> Self {
        Self { failure: CallFailure { proxy, ..kind.into_error_kind(message).into() }, source }
    }
}
