//! The public error of this crate.

use std::fmt;
use std::time::Duration;

use ajo_auth::AuthError;
use ajo_engine::{CallFailure, Idempotency, RequestTarget};

use crate::error::attempt_error::AttemptError;
use crate::{CallTarget, ErrorKind, ErrorResponse, Operation, ServiceCode};

/// The error of a call: the operation, the kind of failure, the service's code and message, and a hint.
///
/// `Display` writes one line without the hint, which [`CallError::hint`] returns. Neither contains a token or a secret.
///
/// ```
/// use ajo_core::{CallError, ErrorKind, ErrorOrigin};
///
/// fn advice(error: &CallError) -> &str {
///     match error.kind() {
///         ErrorKind::Api(response) if response.origin == ErrorOrigin::Gateway => "the service did not see the call",
///         ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) if error.is_indeterminate() => "read it back first",
///         _ if error.is_retryable() => "try again later",
///         _ => error.hint().unwrap_or("see the message"),
///     }
/// }
/// ```
pub struct CallError(Box<ErrorDetails>);

struct ErrorDetails {
    target: Option<CallTarget>,
    attempt_error: AttemptError,
    metadata: CallMetadata,
}

/// Metadata of a call, whether it succeeded or failed.
#[derive(Default)]
pub(crate) struct CallMetadata {
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    /// The `x-request-id` that was sent.
    pub(crate) request_id: Option<String>,
}

impl CallError {
    pub(crate) fn new(target: Option<CallTarget>, kind: ErrorKind) -> Self {
        Self(Box::new(ErrorDetails { target, attempt_error: kind.into(), metadata: CallMetadata::default() }))
    }

    pub(crate) fn invalid_config(message: impl Into<String>) -> Self {
        Self::new(None, ErrorKind::Config(message.into()))
    }

    pub(crate) fn from_attempt_error(target: CallTarget, attempt_error: AttemptError, metadata: CallMetadata) -> Self {
        Self(Box::new(ErrorDetails { target: Some(target), attempt_error, metadata }))
    }

    pub fn kind(&self) -> &ErrorKind {
        &self.failure().kind
    }

    pub(crate) fn failure(&self) -> &CallFailure {
        &self.0.attempt_error.failure
    }

    /// The operation or the request that failed, or `None` if the client could not be built.
    pub fn target(&self) -> Option<&CallTarget> {
        self.0.target.as_ref()
    }

    /// The operation that failed. `None` if the client could not be built, or for [`Client::request`](crate::Client::request).
    pub fn operation(&self) -> Option<&'static Operation> {
        self.target()?.operation()
    }

    /// The error response of the service or the gateway, if there was one.
    pub fn error_response(&self) -> Option<&ErrorResponse> {
        self.failure().error_response()
    }

    /// The HTTP status of the response, if there was one. If the token request failed, it is the status of the token endpoint.
    pub fn status(&self) -> Option<u16> {
        self.failure().status()
    }

    /// The error code of the service or the gateway.
    pub fn code(&self) -> Option<&ServiceCode> {
        self.error_response()?.code.as_ref()
    }

    /// The message of the service or the gateway.
    pub fn message(&self) -> Option<&str> {
        self.error_response().map(|response| response.message.as_str())
    }

    /// The request id, which Adobe's support asks for: from the response if it has one, otherwise the id that was sent.
    pub fn request_id(&self) -> Option<&str> {
        self.failure().request_id(self.0.metadata.request_id.as_deref())
    }

    /// The proxy in use and its variable, as in `proxy.example:3128 (HTTPS_PROXY)`, if there was no response.
    pub fn proxy(&self) -> Option<&str> {
        self.failure().proxy()
    }

    /// The number of attempts, zero if none was started. An attempt need not have sent anything: it may have got no token or no
    /// connection. The replay of an attempt after a 401 does not count.
    pub fn attempts(&self) -> u32 {
        self.0.metadata.attempts
    }

    /// The duration of the call, including retries and the delays between them.
    pub fn elapsed(&self) -> Duration {
        self.0.metadata.elapsed
    }

    /// The first 16 KiB of the error response's body, with the access token redacted. Empty if there was no response.
    ///
    /// The body may contain anything, so `Display` and `Debug` leave it out.
    pub fn body(&self) -> &[u8] {
        &self.failure().body
    }

    /// The wait requested by `Retry-After`, or the remaining backoff of the token endpoint.
    ///
    /// The client did not wait, because the wait is too long or no attempt was left. `None` if waiting does not help.
    pub fn retry_after(&self) -> Option<Duration> {
        self.failure().retry_after()
    }

    /// Whether retrying the same call later may succeed and cannot apply a change twice.
    ///
    /// The client has already used all its attempts.
    pub fn is_retryable(&self) -> bool {
        self.failure().is_retryable(self.idempotency())
    }

    /// Whether the service may have applied the change despite the error. Read the configuration back before retrying.
    ///
    /// This is the case if the response was lost, incomplete, or invalid, or if a proxy failed without stating that it did not forward
    /// the request.
    pub fn is_indeterminate(&self) -> bool {
        self.failure().is_indeterminate()
    }

    /// Whether the service or the token endpoint did not respond in time, or the deadline passed before anything was sent.
    pub fn is_timeout(&self) -> bool {
        self.failure().is_timeout()
    }

    /// Whether authentication failed: there was no token, or it was rejected.
    pub fn is_authentication(&self) -> bool {
        self.failure().is_authentication()
    }

    /// A suggestion in one sentence, if there is one.
    pub fn hint(&self) -> Option<&str> {
        let idempotency = self.idempotency();
        if matches!(self.kind(), ErrorKind::Timeout(_) | ErrorKind::Disconnected(_))
            && idempotency == Some(Idempotency::Safe)
            && self.0.attempt_error.is_invalid_http()
        {
            return Some("the server does not speak HTTP/1.1; check the base URL");
        }
        let target = self.target().map_or(RequestTarget::Other, CallTarget::request_target);
        self.failure().hint(idempotency, target)
    }

    fn idempotency(&self) -> Option<Idempotency> {
        self.target().map(|target| target.semantics().idempotency)
    }
}

impl From<AuthError> for CallError {
    /// Converts the error of invalid credentials or an invalid token, before any call.
    fn from(error: AuthError) -> Self {
        Self::new(None, ErrorKind::Auth(error))
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(target) = self.target() {
            write!(f, "{target} failed: ")?;
        }
        f.write_str(&self.failure().message(self.attempts(), self.0.metadata.request_id.as_deref()))
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("target", &self.target().map(ToString::to_string))
            .field("kind", self.kind())
            .field("attempts", &self.attempts())
            .field("elapsed", &self.elapsed())
            .field("request_id", &self.request_id())
            .field("retry_after", &self.retry_after())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for CallError {
    /// `Display` already contains the messages of all causes. The chain is for callers that downcast.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Auth(error) => Some(error),
            _ => self.0.attempt_error.source.as_deref().map(|error| error as &(dyn std::error::Error + 'static)),
        }
    }
}
