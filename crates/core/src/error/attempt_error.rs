//! Why an attempt failed.

use std::error::Error as StdError;
use std::time::Duration;

use ajo_engine::AttemptOutcome;
use bytes::Bytes;

use crate::{ErrorKind, HttpResponse, SendError, SendProblem};

/// Why an attempt did not succeed.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: ErrorKind,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// As far as repeating it goes.
    pub(crate) fn outcome(&self) -> AttemptOutcome<'_> {
        match &self.kind {
            ErrorKind::Auth(error) => AttemptOutcome::NotSent {
                is_transient: error.is_retryable(),
                wait: self.retry_after.unwrap_or_default(),
            },
            ErrorKind::Connect(_) | ErrorKind::Proxy(_) => {
                AttemptOutcome::NotSent { is_transient: true, wait: Duration::ZERO }
            }
            ErrorKind::Certificate(_) => AttemptOutcome::NotSent { is_transient: false, wait: Duration::ZERO },
            ErrorKind::NotSent(_) => AttemptOutcome::DeadlineExceeded,
            ErrorKind::Timeout(_) | ErrorKind::Broken(_) => AttemptOutcome::NoResponse,
            ErrorKind::Refused(failure) => AttemptOutcome::ErrorResponse { failure, retry_after: self.retry_after },
            ErrorKind::Settings(_) | ErrorKind::Unreadable { .. } | ErrorKind::Request(_) => AttemptOutcome::Permanent,
        }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Refused(failure) => Some(failure.status),
            ErrorKind::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The response, where it shows that the call has had its effect before.
    pub(crate) fn into_response(self) -> HttpResponse {
        let status = self.status().unwrap_or_default();
        let request_id = match self.kind {
            ErrorKind::Refused(failure) => failure.request_id,
            _ => None,
        };
        HttpResponse { status, request_id, body: self.body, ..HttpResponse::default() }
    }

    /// Whether the bytes of the response were not HTTP.
    pub(crate) fn is_no_http(&self) -> bool {
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

/// `fetch` does not tell.
#[cfg(not(feature = "reqwest"))]
fn is_parse_error(_: &(dyn StdError + 'static)) -> bool {
    false
}

impl From<ErrorKind> for Problem {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, retry_after: None, body: Bytes::new(), source: None }
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        let SendError { problem, causes, source } = error;
        let kind = match problem {
            SendProblem::Connect => ErrorKind::Connect(causes),
            SendProblem::Certificate => ErrorKind::Certificate(causes),
            SendProblem::Proxy => ErrorKind::Proxy(causes),
            SendProblem::Timeout => ErrorKind::Timeout(causes),
            SendProblem::Broken => ErrorKind::Broken(causes),
            SendProblem::Request => ErrorKind::Request(causes),
        };
        Self { source, ..kind.into() }
    }
}
