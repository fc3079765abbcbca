//! The error of one attempt.

use std::error::Error as StdError;
use std::time::Duration;

use ajo_engine::AttemptOutcome;
use bytes::Bytes;

use crate::{ErrorKind, HttpResponse, SendError, SendErrorKind};

/// The error of one attempt.
#[derive(Debug)]
pub(crate) struct AttemptError {
    pub(crate) kind: ErrorKind,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
    /// The proxy in use, if there was no response.
    pub(crate) proxy: Option<String>,
}

impl AttemptError {
    /// The outcome that the retry decision is based on.
    pub(crate) fn outcome(&self) -> AttemptOutcome<'_> {
        match &self.kind {
            ErrorKind::Auth(error) => AttemptOutcome::NotSent {
                is_transient: error.is_retryable(),
                retry_after: self.retry_after.unwrap_or_default(),
            },
            ErrorKind::Connect(_)
            | ErrorKind::NameResolution(_)
            | ErrorKind::Proxy(_)
            | ErrorKind::ProxyUnreachable(_) => {
                AttemptOutcome::NotSent { is_transient: true, retry_after: Duration::ZERO }
            }
            ErrorKind::Certificate(_) | ErrorKind::ProxyAuthentication(_) => {
                AttemptOutcome::NotSent { is_transient: false, retry_after: Duration::ZERO }
            }
            ErrorKind::DeadlineExceeded(_) => AttemptOutcome::DeadlineExceeded,
            ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) => AttemptOutcome::NoResponse,
            ErrorKind::Api(response) => AttemptOutcome::ErrorResponse { response, retry_after: self.retry_after },
            ErrorKind::Config(_) | ErrorKind::Decode { .. } | ErrorKind::BuildRequest(_) => AttemptOutcome::Permanent,
        }
    }

    pub(crate) fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Api(response) => Some(response.status),
            ErrorKind::Decode { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Converts an error response into the response of a call that an earlier attempt had already applied.
    pub(crate) fn into_response(self) -> HttpResponse {
        let status = self.status().unwrap_or_default();
        let request_id = match self.kind {
            ErrorKind::Api(response) => response.request_id,
            _ => None,
        };
        HttpResponse { status, request_id, body: self.body, ..HttpResponse::default() }
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

impl From<ErrorKind> for AttemptError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, retry_after: None, body: Bytes::new(), source: None, proxy: None }
    }
}

impl From<SendError> for AttemptError {
    fn from(error: SendError) -> Self {
        let SendError { kind, proxy, message, source } = error;
        let kind = match kind {
            SendErrorKind::Connect => ErrorKind::Connect(message),
            SendErrorKind::Certificate => ErrorKind::Certificate(message),
            SendErrorKind::NameResolution => ErrorKind::NameResolution(message),
            SendErrorKind::Proxy => ErrorKind::Proxy(message),
            SendErrorKind::ProxyAuthentication => ErrorKind::ProxyAuthentication(message),
            SendErrorKind::ProxyUnreachable => ErrorKind::ProxyUnreachable(message),
            SendErrorKind::Timeout => ErrorKind::Timeout(message),
            SendErrorKind::Disconnected => ErrorKind::Disconnected(message),
            SendErrorKind::BuildRequest => ErrorKind::BuildRequest(message),
        };
        Self { source, proxy, ..kind.into() }
    }
}
