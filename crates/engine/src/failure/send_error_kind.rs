//! The kinds of failures of a transport.

use alloc::string::String;

use crate::{AuthError, ErrorKind, TransportErrorKind};

/// How a request failed that has no complete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendErrorKind {
    /// No connection was established.
    Connect,
    /// No connection was established, because the host name cannot be resolved.
    NameResolution,
    /// No connection was established, because the server's certificate was rejected.
    Certificate,
    /// No connection was established, because a proxy refused it.
    Proxy,
    /// No connection was established, because a proxy rejected its credentials.
    ProxyAuthentication,
    /// No connection was established, because the proxy cannot be reached.
    ProxyUnreachable,
    /// The runtime refused to send the request. Nothing was sent, and another attempt would be refused too.
    Refused,
    /// There was no complete response in time.
    Timeout,
    /// The connection was lost before the response was complete.
    Disconnected,
    /// The request could not be built.
    BuildRequest,
}

impl SendErrorKind {
    /// The failure of a call's request. The message has all causes in one line.
    pub fn into_error_kind(self, message: String) -> ErrorKind {
        match self {
            Self::Connect => ErrorKind::Connect(message),
            Self::NameResolution => ErrorKind::NameResolution(message),
            Self::Certificate => ErrorKind::Certificate(message),
            Self::Proxy => ErrorKind::Proxy(message),
            Self::ProxyAuthentication => ErrorKind::ProxyAuthentication(message),
            Self::ProxyUnreachable => ErrorKind::ProxyUnreachable(message),
            Self::Refused => ErrorKind::Refused(message),
            Self::Timeout => ErrorKind::Timeout(message),
            Self::Disconnected => ErrorKind::Disconnected(message),
            Self::BuildRequest => ErrorKind::BuildRequest(message),
        }
    }

    /// The failure of a token request. The detail has all causes in one line.
    pub fn into_auth_error(self, detail: String) -> AuthError {
        let kind = match self {
            Self::Connect => TransportErrorKind::Connect,
            Self::NameResolution => TransportErrorKind::NameResolution,
            Self::Certificate => TransportErrorKind::Certificate,
            Self::Proxy => TransportErrorKind::Proxy,
            Self::ProxyAuthentication => TransportErrorKind::ProxyAuthentication,
            Self::ProxyUnreachable => TransportErrorKind::ProxyUnreachable,
            Self::Refused | Self::BuildRequest => TransportErrorKind::Refused,
            Self::Timeout => TransportErrorKind::Timeout,
            Self::Disconnected => TransportErrorKind::Disconnected,
        };
        AuthError::Transport { kind, proxy: None, detail }
    }
}
