//! Errors of token requests.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::{CredentialsError, EndpointError, ImsError, ImsErrorKind, TOKEN_TIMEOUT};

/// Why there is no token. Cloned to every caller that waited for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// The credentials are incomplete or malformed.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The address of the token host cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The token host answered, but with no token.
    #[error(transparent)]
    Ims(#[from] ImsError),
    /// The token host did not answer.
    #[error("{problem} the token host: {detail}")]
    Transport {
        /// What happened.
        problem: TransportProblem,
        /// All causes in one line.
        detail: String,
    },
    /// Whoever was asked for a token gave none.
    #[error("the function for access tokens {}: {detail}", if *.late { "gave none in time" } else { "failed" })]
    CallbackFailed {
        /// Whether it took too long. Else it failed by itself.
        late: bool,
        /// All causes in one line.
        detail: String,
    },
    /// A token that was given ready-made cannot be sent.
    #[error("the access token is empty or has characters that cannot be sent in a header")]
    InvalidToken,
    /// These credentials cannot replace those in use.
    #[error("the credentials cannot be replaced: {0}")]
    CredentialsMismatch(&'static str),
    /// The HTTP client could not be set up.
    #[error("failed to set up HTTPS: {0}")]
    Tls(String),
}

/// How a request to the token host failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportProblem {
    /// No connection was made.
    Connect,
    /// No connection was made, because a certificate was not accepted.
    Certificate,
    /// No connection was made, because a proxy refused it.
    Proxy,
    /// There was no answer in time.
    Timeout,
    /// The connection broke, or the answer was too long.
    Broken,
}

impl fmt::Display for TransportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect | Self::Certificate | Self::Proxy => "no connection to",
            Self::Timeout => "no answer in time from",
            Self::Broken => "no whole answer from",
        })
    }
}

impl AuthError {
    /// What to do next, in one sentence, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Ims(error) => Some(error.hint()),
            Self::Transport { problem: TransportProblem::Certificate, .. } => Some(
                "the certificate was not accepted; check the address of the token host and this machine's clock, and install the CA of a proxy that opens TLS",
            ),
            Self::Transport { problem: TransportProblem::Proxy, .. } => {
                Some("the proxy refused the connection; check the proxy settings of this machine")
            }
            Self::Transport { .. } => Some("check the address of the token host and that this machine can reach it"),
            Self::CallbackFailed { .. } => {
                Some("see why that function gives no token; it is asked again by the next call")
            }
            Self::InvalidToken => Some("copy the access token again, without line breaks"),
            Self::CredentialsMismatch(_) => Some("build another client for them"),
            Self::Credentials(_) | Self::Endpoint(_) | Self::Tls(_) => None,
        }
    }

    /// Whether there was no answer in time, of the token host or of whoever else was asked for a token.
    pub const fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::Transport { problem: TransportProblem::Timeout, .. } | Self::CallbackFailed { late: true, .. }
        )
    }

    /// Whether this passes by itself: the token host is busy, in trouble or not reached. A certificate that is not accepted
    /// does not pass, and neither does a mistake in a function that is asked for tokens.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Ims(error) => matches!(error.kind, ImsErrorKind::RateLimited | ImsErrorKind::ServerError),
            Self::Transport { problem, .. } => *problem != TransportProblem::Certificate,
            Self::CallbackFailed { late, .. } => *late,
            _ => false,
        }
    }

    /// Whether a token request with this timeout ended because the call's own time was over. That says nothing about the token
    /// endpoint.
    pub fn is_own_timeout(&self, timeout: Duration) -> bool {
        matches!(self, Self::Transport { problem: TransportProblem::Timeout, .. }) && timeout < TOKEN_TIMEOUT
    }

    /// How long the token host asked to be left alone, where it did.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Ims(error) => error.retry_after,
            _ => None,
        }
    }
}
