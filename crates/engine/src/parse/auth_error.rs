//! Errors of token requests.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use crate::text::concat;
use crate::{BaseUrlError, CredentialsError, ImsError, ImsErrorKind, TOKEN_TIMEOUT};

/// Why no access token is available. Every caller that waited for the token gets a clone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthError {
    Credentials(Arc<CredentialsError>),
    /// The URL of the token endpoint cannot be used.
    BaseUrl(BaseUrlError),
    /// The token endpoint responded without a valid token.
    Ims(Arc<ImsError>),
    /// There was no complete response from the token endpoint.
    Transport {
        kind: TransportErrorKind,
        /// The proxy in use and its variable, as in `proxy.example:3128 (HTTPS_PROXY)`. It has no user and no password.
        proxy: Option<String>,
        /// The error and its causes on one line.
        detail: String,
    },
    /// The callback returned no token.
    CallbackFailed {
        timed_out: bool,
        /// The error and its causes on one line.
        detail: String,
    },
    /// The value of a static token cannot be sent in a header.
    InvalidToken,
    /// The new credentials belong to another client or organization.
    CredentialsMismatch(&'static str),
    /// The TLS configuration of the HTTP client failed.
    Tls(String),
    /// There are no CA certificates to check servers with.
    NoCaCertificates {
        /// The variable that names them, or the system's directories.
        source_name: &'static str,
    },
    /// A variable that names a proxy has no valid URL.
    InvalidProxy {
        variable: &'static str,
        /// The mistake, without the value, which may contain a password.
        reason: &'static str,
    },
}

/// How a request to the token endpoint failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    Connect,
    /// The host name has no address.
    NameResolution,
    /// The server certificate was rejected.
    Certificate,
    /// A proxy refused the connection.
    Proxy,
    /// A proxy requires a user and a password, or rejected them. Retrying could lock an account.
    ProxyAuthentication,
    /// There is no connection to the proxy, or it closed the connection.
    ProxyUnreachable,
    /// The runtime refused to send the request, for example because it has no `fetch` or no permission. Nothing was sent.
    Refused,
    Timeout,
    /// The connection was closed early, or the response was too long.
    Disconnected,
}

impl TransportErrorKind {
    /// What happened, before the name of the server.
    const fn describe(self) -> &'static str {
        match self {
            Self::Connect
            | Self::NameResolution
            | Self::Certificate
            | Self::Proxy
            | Self::ProxyAuthentication
            | Self::ProxyUnreachable => "no connection to",
            Self::Refused => "nothing was sent to",
            Self::Timeout => "no response in time from",
            Self::Disconnected => "no complete response from",
        }
    }

    /// A short name of the kind, for logs and metrics: OpenTelemetry's attribute `error.type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connection",
            Self::NameResolution => "name_resolution",
            Self::Certificate => "certificate",
            Self::Proxy => "proxy",
            Self::ProxyAuthentication => "proxy_authentication",
            Self::ProxyUnreachable => "proxy_unreachable",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Disconnected => "disconnected",
        }
    }

    /// Whether a later attempt may succeed without a change of the configuration.
    pub const fn is_transient(self) -> bool {
        !matches!(self, Self::Certificate | Self::ProxyAuthentication | Self::Refused)
    }

    /// What to do about a proxy, a host name, or a runtime, in one sentence. It is the same for every server.
    pub const fn network_hint(self) -> Option<&'static str> {
        Some(match self {
            Self::NameResolution => {
                "the host name cannot be resolved; check its spelling, or set HTTPS_PROXY if this network needs a proxy"
            }
            Self::Proxy => {
                "the proxy refused the connection; ask its administrators to allow this host, or list the host in NO_PROXY"
            }
            Self::ProxyAuthentication => {
                "the proxy rejected its credentials or got none; set the user name and the password in its URL"
            }
            Self::ProxyUnreachable => {
                "the proxy cannot be reached; correct or unset the variable with its URL, or list the host in NO_PROXY"
            }
            Self::Refused => {
                "nothing was sent; find out why this runtime refuses the request: its permissions, a mock without this request, or the base URL"
            }
            _ => return None,
        })
    }
}

impl AuthError {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Credentials(error) => error.message(),
            Self::BaseUrl(error) => error.message(),
            Self::Ims(error) => error.message(),
            Self::Transport { kind, proxy, detail } => {
                let through = if proxy.is_some() { " through the proxy " } else { "" };
                let proxy = proxy.as_deref().unwrap_or_default();
                concat(&[kind.describe(), " the token endpoint", through, proxy, ": ", detail])
            }
            Self::CallbackFailed { timed_out, detail } => {
                let event = if *timed_out { "returned no token in time" } else { "failed" };
                concat(&["the access token function ", event, ": ", detail])
            }
            Self::InvalidToken => {
                "the access token is empty or has characters that cannot be sent in a header".to_owned()
            }
            Self::CredentialsMismatch(reason) => concat(&["the credentials cannot be replaced: ", reason]),
            Self::Tls(detail) => concat(&["failed to set up HTTPS: ", detail]),
            Self::NoCaCertificates { source_name } => {
                concat(&["no CA certificates were found in ", source_name, ", so no server can be verified"])
            }
            Self::InvalidProxy { variable, reason } => concat(&[variable, " is not the URL of a proxy: ", reason]),
        }
    }

    /// What to do about it, in one sentence, if the cause is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Ims(error) => Some(error.hint()),
            Self::Transport { kind: TransportErrorKind::Certificate, .. } => Some(
                "the certificate was rejected; check the URL of the token endpoint and this machine's clock, and install the CA of a proxy that intercepts TLS",
            ),
            Self::Transport { kind, .. } => Some(
                kind.network_hint()
                    .unwrap_or("check the URL of the token endpoint, and that this machine can reach it"),
            ),
            Self::NoCaCertificates { .. } => Some(
                "install the package ca-certificates, or set SSL_CERT_FILE to a file with CA certificates in PEM format",
            ),
            Self::InvalidProxy { .. } => {
                Some("set it to a URL such as http://proxy.example:8080, without quotes and spaces, or unset it")
            }
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
    /// A rejected certificate, a proxy's rejected credentials, a refused request, and a failed callback are permanent.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Ims(error) => matches!(error.kind, ImsErrorKind::RateLimited | ImsErrorKind::ServerError),
            Self::Transport { kind, .. } => kind.is_transient(),
            Self::CallbackFailed { timed_out, .. } => *timed_out,
            _ => false,
        }
    }

    /// Whether a token request with this timeout was ended by the deadline of the call. That says nothing about the
    /// token endpoint.
    pub fn is_call_deadline(&self, timeout: Duration) -> bool {
        matches!(self, Self::Transport { kind: TransportErrorKind::Timeout, .. }) && timeout < TOKEN_TIMEOUT
    }

    /// The proxy in use, if the request to the token endpoint failed.
    pub fn proxy(&self) -> Option<&str> {
        match self {
            Self::Transport { proxy, .. } => proxy.as_deref(),
            _ => None,
        }
    }

    /// The `Retry-After` of the token endpoint.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Ims(error) => error.retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for AuthError {}

impl From<CredentialsError> for AuthError {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(Arc::new(error))
    }
}

impl From<BaseUrlError> for AuthError {
    fn from(error: BaseUrlError) -> Self {
        Self::BaseUrl(error)
    }
}

impl From<ImsError> for AuthError {
    fn from(error: ImsError) -> Self {
        Self::Ims(Arc::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_names_the_proxy() {
        let error = |kind| AuthError::Transport {
            kind,
            proxy: Some("proxy.example:3128 (HTTPS_PROXY)".into()),
            detail: "refused".into(),
        };
        let rejected = error(TransportErrorKind::ProxyAuthentication);
        assert_eq!(
            alloc::format!("{rejected}"),
            "no connection to the token endpoint through the proxy proxy.example:3128 (HTTPS_PROXY): refused"
        );
        assert_eq!(rejected.proxy(), Some("proxy.example:3128 (HTTPS_PROXY)"));
        assert!(!rejected.is_retryable());
        assert!(error(TransportErrorKind::ProxyUnreachable).is_retryable());
    }

    #[test]
    fn each_network_failure_has_a_hint() {
        let kinds = [
            TransportErrorKind::NameResolution,
            TransportErrorKind::Proxy,
            TransportErrorKind::ProxyAuthentication,
            TransportErrorKind::ProxyUnreachable,
        ];
        let hints = kinds.map(|kind| kind.network_hint().expect("a hint"));
        for (index, hint) in hints.iter().enumerate() {
            assert!(!hints[..index].contains(hint), "{hint}");
        }
    }
}
