//! Why an attempt failed.

use std::error::Error as StdError;
use std::time::Duration;

use ajo_auth::is_about_certificates;
use bytes::Bytes;

use crate::{Ending, ErrorKind, SendError, SendProblem};

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
    pub(crate) fn ending(&self) -> Ending<'_> {
        match &self.kind {
            ErrorKind::Auth(error) => {
                Ending::Unsent { passes: error.is_retryable(), wait: self.retry_after.unwrap_or_default() }
            }
            ErrorKind::Connect(causes) => {
                Ending::Unsent { passes: !is_about_certificates(causes), wait: Duration::ZERO }
            }
            ErrorKind::NotSent(_) => Ending::Late,
            ErrorKind::Timeout(_) | ErrorKind::Broken(_) => Ending::Lost,
            ErrorKind::Refused(failure) => Ending::Refused { failure, retry_after: self.retry_after },
            ErrorKind::Settings(_) | ErrorKind::Unreadable { .. } | ErrorKind::Request(_) => Ending::Final,
        }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Refused(failure) => Some(failure.status),
            ErrorKind::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(&self.kind, ErrorKind::Refused(failure) if failure.status == 401)
    }
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
            SendProblem::Timeout => ErrorKind::Timeout(causes),
            SendProblem::Broken => ErrorKind::Broken(causes),
            SendProblem::Request => ErrorKind::Request(causes),
        };
        Self { source, ..kind.into() }
    }
}
