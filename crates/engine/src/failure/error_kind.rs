//! The kinds of failures.

use alloc::boxed::Box;
use alloc::string::String;

use crate::{AuthError, ErrorResponse, TransportErrorKind};

/// The kinds of failures of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration of the client is invalid. Nothing was sent.
    Config(String),
    /// No access token could be obtained, so the call was not sent.
    Auth(AuthError),
    /// The service, the gateway, or a proxy responded with an error.
    Api(Box<ErrorResponse>),
    /// The deadline passed, or would pass because of client-side limits, before anything was sent.
    DeadlineExceeded(String),
    /// No connection was established, so the service did not see the call.
    Connect(String),
    /// No connection was established, because the host name cannot be resolved.
    NameResolution(String),
    /// No connection was established, because the server's certificate was rejected.
    Certificate(String),
    /// No connection was established, because a proxy refused it.
    Proxy(String),
    /// No connection was established, because a proxy rejected its credentials. This is not retried.
    ProxyAuthentication(String),
    /// No connection was established, because the proxy cannot be reached.
    ProxyUnreachable(String),
    /// The runtime refused to send the request, for example because it has no `fetch` or no permission. Nothing was sent. This is
    /// not retried.
    Refused(String),
    /// There was no response within the time limit. The service may have applied the change.
    Timeout(String),
    /// The connection was lost before the response was complete. The service may have applied the change.
    Disconnected(String),
    /// The service responded with success and an invalid body.
    Decode {
        status: u16,
        /// The problem with the body, without quoting it.
        message: String,
        /// The request id, which Adobe's support asks for.
        request_id: Option<String>,
    },
    /// The request could not be built. Nothing was sent.
    BuildRequest(String),
}

impl ErrorKind {
    /// A short name of the kind, for logs and metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::Auth(_) => "no_token",
            Self::Api(_) => "error_response",
            Self::DeadlineExceeded(_) => "deadline_exceeded",
            Self::Connect(_) => TransportErrorKind::Connect.as_str(),
            Self::NameResolution(_) => TransportErrorKind::NameResolution.as_str(),
            Self::Certificate(_) => TransportErrorKind::Certificate.as_str(),
            Self::Proxy(_) => TransportErrorKind::Proxy.as_str(),
            Self::ProxyAuthentication(_) => TransportErrorKind::ProxyAuthentication.as_str(),
            Self::ProxyUnreachable(_) => TransportErrorKind::ProxyUnreachable.as_str(),
            Self::Refused(_) => TransportErrorKind::Refused.as_str(),
            Self::Timeout(_) => TransportErrorKind::Timeout.as_str(),
            Self::Disconnected(_) => TransportErrorKind::Disconnected.as_str(),
            Self::Decode { .. } => "invalid_response",
            Self::BuildRequest(_) => "invalid_request",
        }
    }
}
