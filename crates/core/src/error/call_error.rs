//! The public error of this crate.

use std::fmt;
use std::time::Duration;

use ajo_auth::{AuthError, TransportErrorKind};
use ajo_engine::AttemptOutcome;

use crate::error::attempt_error::AttemptError;
use crate::{ErrorKind, ErrorOrigin, ErrorResponse, Operation, ServiceCode};

/// The hint for a write with an unknown outcome.
const READ_BACK_HINT: &str = "the service may have applied the change; read the configuration back before retrying";

/// Longer waits are not shown in seconds, because `Retry-After` may contain any number.
const SECONDS_PER_YEAR: u64 = 365 * 24 * 60 * 60;

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
    operation: Option<&'static Operation>,
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
    pub(crate) fn new(operation: Option<&'static Operation>, kind: ErrorKind) -> Self {
        Self(Box::new(ErrorDetails { operation, attempt_error: kind.into(), metadata: CallMetadata::default() }))
    }

    pub(crate) fn invalid_config(message: impl Into<String>) -> Self {
        Self::new(None, ErrorKind::Config(message.into()))
    }

    pub(crate) fn from_attempt_error(
        operation: &'static Operation,
        attempt_error: AttemptError,
        metadata: CallMetadata,
    ) -> Self {
        Self(Box::new(ErrorDetails { operation: Some(operation), attempt_error, metadata }))
    }

    pub fn kind(&self) -> &ErrorKind {
        &self.0.attempt_error.kind
    }

    /// The operation that failed, or `None` if the client could not be built.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The error response of the service or the gateway, if there was one.
    pub fn error_response(&self) -> Option<&ErrorResponse> {
        match &self.0.attempt_error.kind {
            ErrorKind::Api(response) => Some(response),
            _ => None,
        }
    }

    /// The HTTP status of the response, if there was one. If the token request failed, it is the status of the token endpoint.
    pub fn status(&self) -> Option<u16> {
        match &self.0.attempt_error.kind {
            ErrorKind::Auth(AuthError::Ims(error)) => Some(error.status),
            _ => self.0.attempt_error.status(),
        }
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
        let response_id = match &self.0.attempt_error.kind {
            ErrorKind::Api(response) => response.request_id.as_deref(),
            ErrorKind::Decode { request_id, .. } => request_id.as_deref(),
            // No request was sent, so the service does not know the id.
            ErrorKind::Auth(_) | ErrorKind::DeadlineExceeded(_) | ErrorKind::BuildRequest(_) => return None,
            _ => None,
        };
        response_id.or(self.0.metadata.request_id.as_deref())
    }

    /// The proxy in use and its variable, as in `proxy.example:3128 (HTTPS_PROXY)`, if there was no response.
    pub fn proxy(&self) -> Option<&str> {
        match &self.0.attempt_error.kind {
            ErrorKind::Auth(error) => error.proxy(),
            _ => self.0.attempt_error.proxy.as_deref(),
        }
    }

    /// The number of attempts, zero if none was started. The replay of an attempt after a 401 does not count.
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
        &self.0.attempt_error.body
    }

    /// The wait requested by `Retry-After`, or the remaining backoff of the token endpoint.
    ///
    /// The client did not wait, because the wait is too long or no attempt was left. `None` if waiting does not help.
    pub fn retry_after(&self) -> Option<Duration> {
        let is_transient = match self.kind() {
            ErrorKind::Auth(error) => error.is_retryable(),
            _ => true,
        };
        self.0.attempt_error.retry_after.filter(|_| is_transient)
    }

    /// Whether retrying the same call later may succeed and cannot apply a change twice.
    ///
    /// The client has already used all its attempts.
    pub fn is_retryable(&self) -> bool {
        self.0.operation.is_some_and(|operation| self.outcome().is_retryable(operation.idempotency))
    }

    /// Whether the service may have applied the change despite the error. Read the configuration back before retrying.
    ///
    /// This is the case if the response was lost, incomplete, or invalid, or if a proxy failed without stating that it did not forward
    /// the request.
    pub fn is_indeterminate(&self) -> bool {
        match self.kind() {
            ErrorKind::Decode { .. } => true,
            // The service's own code proves that it rejected the call.
            ErrorKind::Api(response) if response.origin == ErrorOrigin::Service && response.code.is_some() => false,
            _ => self.outcome().is_indeterminate(),
        }
    }

    fn outcome(&self) -> AttemptOutcome<'_> {
        self.0.attempt_error.outcome()
    }

    fn is_read_only(&self) -> bool {
        self.0.operation.is_some_and(Operation::is_read_only)
    }

    /// Whether the operation names no configuration, so that a 404 cannot mean an unknown uid.
    fn has_no_uid(&self) -> bool {
        self.0.operation.is_some_and(|operation| !operation.path.contains("{uid}"))
    }

    /// Whether the service or the token endpoint did not respond in time, or the deadline passed before anything was sent.
    pub fn is_timeout(&self) -> bool {
        match &self.0.attempt_error.kind {
            ErrorKind::Timeout(_) | ErrorKind::DeadlineExceeded(_) => true,
            ErrorKind::Auth(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// Whether authentication failed: there was no token, or it was rejected.
    pub fn is_authentication(&self) -> bool {
        match &self.0.attempt_error.kind {
            ErrorKind::Auth(_) => true,
            ErrorKind::Api(response) => matches!(response.status, 401 | 403),
            _ => false,
        }
    }

    /// A suggestion in one sentence, if there is one.
    pub fn hint(&self) -> Option<&str> {
        match &self.0.attempt_error.kind {
            ErrorKind::Auth(error) => error.hint(),
            // Only the authoring service knows whether a uid exists.
            ErrorKind::Api(response)
                if response.status == 404 && (self.has_no_uid() || response.origin != ErrorOrigin::Service) =>
            {
                Some("check the base URL; the base URL of the service ends with /journey/orchestration")
            }
            // By status alone this looks transient, but retrying a create could make a duplicate.
            ErrorKind::Api(_) if !self.is_read_only() && !self.is_retryable() && self.is_indeterminate() => {
                Some(READ_BACK_HINT)
            }
            ErrorKind::Api(response) => response.hint(),
            ErrorKind::DeadlineExceeded(_) => {
                Some("nothing was sent; raise the deadline of the call or the limits of the client")
            }
            ErrorKind::Certificate(_) => Some(
                "the server's certificate was rejected; check the base URL and the system clock, or install the CA certificate of a TLS-inspecting proxy",
            ),
            ErrorKind::NameResolution(_) => TransportErrorKind::NameResolution.network_hint(),
            ErrorKind::Proxy(_) => TransportErrorKind::Proxy.network_hint(),
            ErrorKind::ProxyAuthentication(_) => TransportErrorKind::ProxyAuthentication.network_hint(),
            ErrorKind::ProxyUnreachable(_) => TransportErrorKind::ProxyUnreachable.network_hint(),
            ErrorKind::Connect(_) => Some("check the base URL and that this machine can reach it"),
            ErrorKind::Timeout(_) | ErrorKind::Disconnected(_) => {
                let is_read_only = self.is_read_only();
                Some(if is_read_only && self.0.attempt_error.is_invalid_http() {
                    "the server does not speak HTTP/1.1; check the base URL"
                } else if is_read_only {
                    "this is usually temporary; try again"
                } else {
                    READ_BACK_HINT
                })
            }
            ErrorKind::Decode { .. } => Some(if self.is_read_only() {
                "check the base URL; a proxy may have responded instead of the service"
            } else {
                "a proxy may have responded instead of the service; read the configuration back before retrying"
            }),
            ErrorKind::Config(_) | ErrorKind::BuildRequest(_) => None,
        }
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
        if let Some(operation) = self.0.operation {
            write!(f, "{operation} failed: ")?;
        }
        match &self.0.attempt_error.kind {
            ErrorKind::Config(message) | ErrorKind::BuildRequest(message) => f.write_str(message),
            ErrorKind::Auth(error @ (AuthError::CredentialsMismatch(_) | AuthError::InvalidToken)) => {
                write!(f, "{error}")
            }
            ErrorKind::Auth(error) => write!(f, "no access token: {error}"),
            ErrorKind::DeadlineExceeded(message) => write!(f, "not sent: {message}"),
            ErrorKind::Api(response) => {
                write!(f, "the service responded {}", response.status)?;
                if let Some(code) = &response.code {
                    write!(f, ", code {code}")?;
                }
                write!(f, ": {}", response.message)
            }
            ErrorKind::Connect(message)
            | ErrorKind::NameResolution(message)
            | ErrorKind::Certificate(message)
            | ErrorKind::Proxy(message)
            | ErrorKind::ProxyAuthentication(message)
            | ErrorKind::ProxyUnreachable(message) => write!(f, "no connection{}: {message}", through(self.proxy())),
            ErrorKind::Timeout(message) => write!(f, "no response in time{}: {message}", through(self.proxy())),
            ErrorKind::Disconnected(message) => {
                write!(f, "the connection was lost{}: {message}", through(self.proxy()))
            }
            ErrorKind::Decode { status, message, .. } => {
                write!(f, "the service responded {status} with an invalid body: {message}")
            }
        }?;
        if let Some(wait) = self.retry_after().filter(|wait| !wait.is_zero()) {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let wait = if seconds > SECONDS_PER_YEAR { "more than a year".to_owned() } else { format!("{seconds} s") };
            match self.kind() {
                ErrorKind::Auth(_) => write!(f, "; next token request in {wait}"),
                _ => write!(f, "; retry after {wait}"),
            }?;
        }
        match (self.attempts(), self.request_id()) {
            (0 | 1, None) => Ok(()),
            (0 | 1, Some(id)) => write!(f, " (request id {id})"),
            (attempts, None) => write!(f, " ({attempts} attempts)"),
            (attempts, Some(id)) => write!(f, " ({attempts} attempts, request id {id})"),
        }
    }
}

fn through(proxy: Option<&str>) -> String {
    proxy.map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default()
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("operation", &self.0.operation.map(ToString::to_string))
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
        match &self.0.attempt_error.kind {
            ErrorKind::Auth(error) => Some(error),
            _ => self.0.attempt_error.source.as_deref().map(|error| error as &(dyn std::error::Error + 'static)),
        }
    }
}
