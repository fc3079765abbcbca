//! The failure of a call.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::text::decimal;
use crate::{
    AttemptOutcome, AuthError, ErrorKind, ErrorOrigin, ErrorResponse, Idempotency, NotSentReason, RedeployResult,
};

/// The failure of an attempt, and of a call if it is the last one.
#[derive(Debug)]
pub struct CallFailure {
    pub kind: ErrorKind,
    /// The header `Retry-After`, or the remaining backoff of the token endpoint.
    pub retry_after: Option<Duration>,
    /// The first 16 KiB of the error response's body, with the access token redacted.
    pub body: Vec<u8>,
    /// The proxy in use, if there was no response.
    pub proxy: Option<String>,
}

impl From<ErrorKind> for CallFailure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, retry_after: None, body: Vec::new(), proxy: None }
    }
}

impl CallFailure {
    /// The deadline or a client-side limit ended the call before anything was sent.
    pub fn not_sent(reason: NotSentReason) -> Self {
        let message = match reason {
            NotSentReason::DeadlineExceeded => "the deadline has passed",
            NotSentReason::RateLimited => "the limits of the client delay the call past its deadline",
        };
        ErrorKind::DeadlineExceeded(message.into()).into()
    }

    /// There is no token. `retry_after` is the remaining backoff of the token endpoint.
    pub fn no_token(error: AuthError, retry_after: Duration) -> Self {
        let retry_after = (!retry_after.is_zero()).then_some(retry_after);
        Self { retry_after, ..ErrorKind::Auth(error).into() }
    }

    /// The outcome that the retry decision is based on.
    pub fn outcome(&self) -> AttemptOutcome<'_> {
        let not_sent = |is_transient| AttemptOutcome::NotSent { is_transient, retry_after: Duration::ZERO };
        match &self.kind {
            ErrorKind::Auth(error) => AttemptOutcome::NotSent {
                is_transient: error.is_retryable(),
                retry_after: self.retry_after.unwrap_or_default(),
            },
            ErrorKind::Connect(_)
            | ErrorKind::NameResolution(_)
            | ErrorKind::Proxy(_)
            | ErrorKind::ProxyUnreachable(_) => not_sent(true),
            ErrorKind::Certificate(_) | ErrorKind::ProxyAuthentication(_) | ErrorKind::Refused(_) => not_sent(false),
            ErrorKind::DeadlineExceeded(_) => AttemptOutcome::DeadlineExceeded,
            ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) => AttemptOutcome::NoResponse,
            ErrorKind::Api(response) => AttemptOutcome::ErrorResponse { response, retry_after: self.retry_after },
            ErrorKind::Config(_) | ErrorKind::Decode { .. } | ErrorKind::BuildRequest(_) => AttemptOutcome::Permanent,
        }
    }

    /// The error response of the service or the gateway, if there was one.
    pub fn error_response(&self) -> Option<&ErrorResponse> {
        match &self.kind {
            ErrorKind::Api(response) => Some(response),
            _ => None,
        }
    }

    /// The HTTP status of the response to the attempt, if there was one.
    pub fn attempt_status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Api(response) => Some(response.status),
            ErrorKind::Decode { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The HTTP status of the response, if there was one. If the token request failed, it is the status of the token endpoint.
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Auth(AuthError::Ims(error)) => Some(error.status),
            _ => self.attempt_status(),
        }
    }

    /// OpenTelemetry's attribute `error.type`: the HTTP status of an error response, or a short name of the kind.
    pub fn error_type(&self) -> Cow<'static, str> {
        match &self.kind {
            ErrorKind::Api(response) => Cow::Owned(decimal(response.status.into())),
            kind => Cow::Borrowed(kind.as_str()),
        }
    }

    /// The request id, which Adobe's support asks for: from the response if it has one, otherwise the id that was sent.
    pub fn request_id<'r>(&'r self, sent: Option<&'r str>) -> Option<&'r str> {
        let response_id = match &self.kind {
            ErrorKind::Api(response) => response.request_id.as_deref(),
            ErrorKind::Decode { request_id, .. } => request_id.as_deref(),
            // No request was sent, so the service does not know the id.
            ErrorKind::Auth(_)
            | ErrorKind::DeadlineExceeded(_)
            | ErrorKind::BuildRequest(_)
            | ErrorKind::Refused(_) => return None,
            _ => None,
        };
        response_id.or(sent)
    }

    /// The proxy in use and its variable, if there was no response.
    pub fn proxy(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Auth(error) => error.proxy(),
            _ => self.proxy.as_deref(),
        }
    }

    /// The wait requested by `Retry-After`, or the remaining backoff of the token endpoint. `None` if waiting does not help.
    pub fn retry_after(&self) -> Option<Duration> {
        let is_transient = match &self.kind {
            ErrorKind::Auth(error) => error.is_retryable(),
            _ => true,
        };
        self.retry_after.filter(|_| is_transient)
    }

    /// Whether retrying an operation with this idempotency may succeed and cannot apply a change twice.
    pub fn is_retryable(&self, idempotency: Option<Idempotency>) -> bool {
        idempotency.is_some_and(|idempotency| self.outcome().is_retryable(idempotency))
    }

    /// Whether the service may have applied the change despite the failure: the response was lost, incomplete, or invalid, or a
    /// proxy failed without stating that it did not forward the request.
    pub fn is_indeterminate(&self) -> bool {
        match &self.kind {
            ErrorKind::Decode { .. } => true,
            // The service's own code proves that it rejected the call.
            ErrorKind::Api(response) if response.origin == ErrorOrigin::Service && response.code.is_some() => false,
            _ => self.outcome().is_indeterminate(),
        }
    }

    /// Whether the service or the token endpoint did not respond in time, or the deadline passed before anything was sent.
    pub const fn is_timeout(&self) -> bool {
        match &self.kind {
            ErrorKind::Timeout(_) | ErrorKind::DeadlineExceeded(_) => true,
            ErrorKind::Auth(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether authentication failed: there was no token, or it was rejected.
    pub fn is_authentication(&self) -> bool {
        match &self.kind {
            ErrorKind::Auth(_) => true,
            ErrorKind::Api(response) => matches!(response.status, 401 | 403),
            _ => false,
        }
    }

    /// What the failure means for a redeploy.
    pub fn redeploy_result(&self) -> RedeployResult {
        if self.error_response().is_some_and(ErrorResponse::is_refusal) {
            RedeployResult::Refused
        } else if self.is_indeterminate() {
            RedeployResult::Unknown
        } else {
            RedeployResult::Failed
        }
    }
}
