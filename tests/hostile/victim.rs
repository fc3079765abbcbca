//! Those who are attacked: a client by its service, and the same client by its token host.

use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{AuthError, ImsErrorKind, Simulated, TransportProblem};
use ajo_core::{CallOptions, Client, ClientBuilder, Credentials, Error, ErrorKind, Secret};
use ajo_tests::ORG_ID;

use crate::peer::Peer;

/// Looked for in all that is printed and in all that others than its addressee receive.
pub(crate) const TOKEN: &str = "token-canary";
/// The same.
pub(crate) const SECRET: &str = "secret-canary";

/// Who is attacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim {
    /// The part of the client that calls the service.
    Service,
    /// The part that fetches tokens.
    TokenHost,
}

/// How a call ends. What the service does and what the token host does have the same names here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// No connection was made.
    Connect,
    /// There was no whole answer in time.
    Timeout,
    /// The connection broke, or what came was no HTTP.
    Broken,
    /// The answer is a failure of this status.
    Refused(u16),
    /// The answer is success with this status, and cannot be read.
    Unreadable(u16),
}

impl Victim {
    /// A client whose service or token host is the peer. Where the token host is, the service is the bystander.
    pub(crate) fn builder(self, peer: &Peer, bystander: &Peer) -> ClientBuilder {
        self.builder_at(&peer.root(), &bystander.root())
    }

    /// The same, by the roots of both.
    pub(crate) fn builder_at(self, peer: &str, bystander: &str) -> ClientBuilder {
        let builder = Client::builder().sandbox("prod");
        match self {
            Self::Service => builder
                .access_token(Secret::new(TOKEN), "client-1", ORG_ID)
                .base_url(&format!("{peer}/journey/orchestration")),
            Self::TokenHost => {
                builder.credentials(credentials()).ims_url(peer).base_url(&format!("{bystander}/journey/orchestration"))
            }
        }
    }

    /// A client for a peer that is quick: it does not really wait between its attempts.
    pub(crate) fn hasty(self, peer: &Peer, bystander: &Peer) -> Client {
        let builder = self.builder(peer, bystander).surroundings(Arc::new(Simulated::new(7)));
        builder.timeout(Duration::from_secs(20)).build().expect("a client")
    }

    /// A client for a peer that is slow: it gives up soon, by its timeout where it has one.
    pub(crate) fn impatient(self, peer: &Peer, bystander: &Peer, wait: Duration) -> Client {
        let client = self.builder(peer, bystander).timeout(wait).build().expect("a client");
        match self {
            Self::Service => client,
            Self::TokenHost => client.with_options(CallOptions::default().deadline(wait)),
        }
    }

    /// Fails the test unless the error is what it should be and shows no secret.
    pub(crate) fn judge(self, name: &str, error: &Error, end: End) {
        let found = match (self, error.kind()) {
            (Self::Service, ErrorKind::Connect(_) | ErrorKind::Certificate(_)) => End::Connect,
            (Self::Service, ErrorKind::Timeout(_)) => End::Timeout,
            (Self::Service, ErrorKind::Broken(_)) => End::Broken,
            (Self::Service, ErrorKind::Refused(failure)) => End::Refused(failure.status),
            (Self::Service, ErrorKind::Unreadable { status, .. }) => End::Unreadable(*status),
            (Self::TokenHost, ErrorKind::Auth(AuthError::Transport { problem, .. })) => match problem {
                TransportProblem::Connect | TransportProblem::Certificate => End::Connect,
                TransportProblem::Timeout => End::Timeout,
                TransportProblem::Broken => End::Broken,
                _ => panic!("{name}: {error:?}"),
            },
            (Self::TokenHost, ErrorKind::Auth(AuthError::Ims(ims))) if ims.kind == ImsErrorKind::Unreadable => {
                End::Unreadable(ims.status)
            }
            (Self::TokenHost, ErrorKind::Auth(AuthError::Ims(ims))) => End::Refused(ims.status),
            _ => panic!("{name}, {self:?}: {error:?}"),
        };
        assert_eq!(found, end, "{name}, {self:?}: {error:?}");
        shows_no_secret(error);
        let has_hint = error.hint().is_some();
        assert!(has_hint || matches!(end, End::Refused(_)), "{name}, {self:?}: {error}");
    }

    /// How often a call is made when each attempt ends like this. A call that makes something is made again only if it was
    /// not sent; without a token it never is.
    pub(crate) fn attempts(self, end: End, makes_something: bool) -> u32 {
        let again = match end {
            End::Connect => true,
            End::Timeout => self == Self::Service && !makes_something,
            End::Broken | End::Refused(500..) => self == Self::TokenHost || !makes_something,
            End::Refused(_) | End::Unreadable(_) => false,
        };
        if again { 3 } else { 1 }
    }
}

/// Fails the test if any text of the error shows what nobody may see.
pub(crate) fn shows_no_secret(error: &Error) {
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
    let text = format!(
        r#"{{"CLIENT_ID": "client-1", "CLIENT_SECRETS": ["{SECRET}"], "ORG_ID": "{ORG_ID}", "SCOPES": ["openid"]}}"#
    );
    Credentials::from_text(&text, None).expect("credentials")
}
