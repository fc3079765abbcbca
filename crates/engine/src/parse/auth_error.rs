//! Errors of token requests.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::{BaseUrlError, CredentialsError, ImsError, ImsErrorKind, TOKEN_TIMEOUT};

/// Why no access token is available. Every caller that waited for the token gets a clone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The URL of the token endpoint cannot be used.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The token endpoint responded without a valid token.
    #[error(transparent)]
    Ims(#[from] ImsError),
    /// There was no complete response from the token endpoint.
    #[error("{kind} the token endpoint: {detail}")]
    Transport {
        kind: TransportErrorKind,
        /// The error and its causes on one line.
        detail: String,
    },
    /// The callback returned no token.
    #[error("the access token function {}: {detail}", if *.timed_out { "returned no token in time" } else { "failed" })]
    CallbackFailed {
        timed_out: bool,
        /// The error and its causes on one line.
        detail: String,
    },
    /// The value of a static token cannot be sent in a header.
    #[error("the access token is empty or has characters that cannot be sent in a header")]
    InvalidToken,
    /// The new credentials belong to another client or organization.
    #[error("the credentials cannot be replaced: {0}")]
    CredentialsMismatch(&'static str),
    /// The TLS configuration of the HTTP client failed.
    #[error("failed to set up HTTPS: {0}")]
    Tls(String),
}

/// How a request to the token endpoint failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    Connect,
    /// The server certificate was rejected.
    Certificate,
    /// A proxy refused the connection.
    Proxy,
    Timeout,
    /// The connection was closed early, or the response was too long.
    Disconnected,
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect | Self::Certificate | Self::Proxy => "no connection to",
            Self::Timeout => "no response in time from",
            Self::Disconnected => "no complete response from",
        })
    }
}

impl AuthError {
    /// What to do about it, in one sentence, if the cause is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Ims(error) => Some(error.hint()),
            Self::Transport { kind: TransportErrorKind::Certificate, .. } => Some(
                "the certificate was rejected; check the URL of the token endpoint and this machine's clock, and install the CA of a proxy that intercepts TLS",
            ),
            Self::Transport { kind: TransportErrorKind::Proxy, .. } => {
                Some("the proxy refused the connection; check the proxy settings of this machine")
            }
            Self::Transport { .. } => Some("check the URL of the token endpoint, and that this machine can reach it"),
            Self::CallbackFailed { .. } => {
                Some("find out why that function returned no token; the next call will call it again")
            }
            Self::InvalidToken => Some("copy the access token again, without line breaks"),
            Self::CredentialsMismatch(_) => Some("build another client for these credentials"),
            Self::Credentials(_) | Self::BaseUrl(_) | Self::Tls(_) => None,
        }
    }

    /// Whether the token endpoint or the callback did not respond in time.
    pub const fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::Transport { kind: TransportErrorKind::Timeout, .. } | Self::CallbackFailed { timed_out: true, .. }
        )
    }

    /// Whether the failure is transient: the token endpoint is overloaded, has an internal error, or cannot be reached.
    /// A rejected certificate and a failed callback are permanent.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Ims(error) => matches!(error.kind, ImsErrorKind::RateLimited | ImsErrorKind::ServerError),
            Self::Transport { kind, .. } => *kind != TransportErrorKind::Certificate,
            Self::CallbackFailed { timed_out, .. } => *timed_out,
            _ => false,
        }
    }

    /// Whether a token request with this timeout was ended by the deadline of the call. That says nothing about the
    /// token endpoint.
    pub fn is_call_deadline(&self, timeout: Duration) -> bool {
        matches!(self, Self::Transport { kind: TransportErrorKind::Timeout, .. }) && timeout < TOKEN_TIMEOUT
    }

    /// The `Retry-After` of the token endpoint.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Ims(error) => error.retry_after,
            _ => None,
        }
    }
}
