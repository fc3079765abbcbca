//! The client under attack, either by its service or by its token endpoint.

use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{AuthError, ImsErrorKind, ManualRuntime, TransportErrorKind};
use ajo_core::{CallError, CallOptions, Client, ClientBuilder, Credentials, ErrorKind, Secret};
use ajo_tests::ORG_ID;

use crate::scripted_peer::ScriptedPeer;

/// Must not appear in printed output, or in requests to anyone but its recipient.
pub(crate) const TOKEN: &str = "token-canary";
/// Like [`TOKEN`].
pub(crate) const SECRET: &str = "secret-canary";

/// The part of the client that the peer attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttackTarget {
    /// Calls to the service.
    Service,
    /// Token requests.
    TokenEndpoint,
}

/// The expected error of a call, for both targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpectedError {
    /// No connection was established.
    Connect,
    /// There was no complete response in time.
    Timeout,
    /// The connection was lost, or the response was not HTTP.
    Disconnected,
    /// An error response with this status.
    ErrorStatus(u16),
    /// A success response with this status and an invalid body.
    Decode(u16),
}

impl AttackTarget {
    /// Builds a client whose service or token endpoint is the peer. If the peer is the token endpoint, the bystander is the service.
    pub(crate) fn builder(self, peer: &ScriptedPeer, bystander: &ScriptedPeer) -> ClientBuilder {
        self.builder_for_roots(&peer.root(), &bystander.root())
    }

    /// Like [`Self::builder`], with the root URLs of both servers.
    pub(crate) fn builder_for_roots(self, peer: &str, bystander: &str) -> ClientBuilder {
        let builder = Client::builder().sandbox("prod");
        match self {
            Self::Service => builder
                .access_token(Secret::new(TOKEN), "client-1", ORG_ID)
                .base_url(&format!("{peer}/journey/orchestration")),
            Self::TokenEndpoint => {
                builder.credentials(credentials()).ims_url(peer).base_url(&format!("{bystander}/journey/orchestration"))
            }
        }
    }

    /// A client for a fast peer. It does not wait between attempts.
    pub(crate) fn client_without_delays(self, peer: &ScriptedPeer, bystander: &ScriptedPeer) -> Client {
        let builder = self.builder(peer, bystander).runtime(Arc::new(ManualRuntime::new(7)));
        builder.timeout(Duration::from_secs(20)).build().expect("a client")
    }

    /// A client for a slow peer. It gives up after `wait`, by its timeout or its deadline.
    pub(crate) fn client_with_timeout(self, peer: &ScriptedPeer, bystander: &ScriptedPeer, wait: Duration) -> Client {
        let client = self.builder(peer, bystander).timeout(wait).build().expect("a client");
        match self {
            Self::Service => client,
            Self::TokenEndpoint => client.with_options(CallOptions::default().deadline(wait)),
        }
    }

    /// Asserts the kind of an error, and that it contains no secret.
    pub(crate) fn assert_error(self, name: &str, error: &CallError, expected: ExpectedError) {
        let actual = match (self, error.kind()) {
            (Self::Service, ErrorKind::Connect(_) | ErrorKind::Certificate(_)) => ExpectedError::Connect,
            (Self::Service, ErrorKind::Timeout(_)) => ExpectedError::Timeout,
            (Self::Service, ErrorKind::Disconnected(_)) => ExpectedError::Disconnected,
            (Self::Service, ErrorKind::Api(response)) => ExpectedError::ErrorStatus(response.status),
            (Self::Service, ErrorKind::Decode { status, .. }) => ExpectedError::Decode(*status),
            (Self::TokenEndpoint, ErrorKind::Auth(AuthError::Transport { kind, .. })) => match kind {
                TransportErrorKind::Connect | TransportErrorKind::Certificate => ExpectedError::Connect,
                TransportErrorKind::Timeout => ExpectedError::Timeout,
                TransportErrorKind::Disconnected => ExpectedError::Disconnected,
                _ => panic!("{name}: {error:?}"),
            },
            (Self::TokenEndpoint, ErrorKind::Auth(AuthError::Ims(ims))) if ims.kind == ImsErrorKind::Decode => {
                ExpectedError::Decode(ims.status)
            }
            (Self::TokenEndpoint, ErrorKind::Auth(AuthError::Ims(ims))) => ExpectedError::ErrorStatus(ims.status),
            _ => panic!("{name}, {self:?}: {error:?}"),
        };
        assert_eq!(actual, expected, "{name}, {self:?}: {error:?}");
        assert_no_secret(error);
        let has_hint = error.hint().is_some();
        assert!(has_hint || matches!(expected, ExpectedError::ErrorStatus(_)), "{name}, {self:?}: {error}");
    }

    /// The number of attempts if each attempt ends with this error. A write is retried only if it was not sent, which is the case
    /// if there is no token.
    pub(crate) fn expected_attempts(self, error: ExpectedError, is_write: bool) -> u32 {
        let is_retried = match error {
            ExpectedError::Connect => true,
            ExpectedError::Timeout => self == Self::Service && !is_write,
            ExpectedError::Disconnected | ExpectedError::ErrorStatus(500..) => self == Self::TokenEndpoint || !is_write,
            ExpectedError::ErrorStatus(_) | ExpectedError::Decode(_) => false,
        };
        if is_retried { 3 } else { 1 }
    }
}

/// Asserts that an error and its sources contain no secret.
pub(crate) fn assert_no_secret(error: &CallError) {
    let mut printed = format!("{error} {error:?} {error:#?} {:?}", error.hint());
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        printed = format!("{printed} {error} {error:?}");
        cause = error.source();
    }
    assert!(!printed.contains(TOKEN) && !printed.contains(SECRET), "{printed}");
    assert!(printed.len() < 32 * 1024, "{} characters of {error:.100}", printed.len());
}

fn credentials() -> Credentials {
    let json = format!(
        r#"{{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["{SECRET}"], "ORG_ID": "{ORG_ID}", "SCOPES": ["openid"]}}"#
    );
    Credentials::parse(&json, None).expect("credentials")
}
