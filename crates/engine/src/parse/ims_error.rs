//! Error responses of the token endpoint.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::parse::form_urlencoded::encode;
use crate::text::{concat, contains, decimal, replace, trim};
use crate::untrusted_text::{escape, excerpt};

/// Maximum length of a message from the token endpoint, in characters (our limit). Published messages have less than 60.
const MAX_TEXT_LENGTH: usize = 300;

/// An error response of the token endpoint, or a success without a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImsError {
    pub kind: ImsErrorKind,
    /// The HTTP status.
    pub status: u16,
    /// The error code (RFC 6749, section 5.2), such as `invalid_client`.
    pub code: Option<String>,
    pub description: Option<String>,
    /// The header `x-debug-id`, for Adobe's support.
    pub debug_id: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// Kinds of [`ImsError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImsErrorKind {
    /// The client id or the client secret is wrong.
    InvalidClient,
    /// The client cannot use this grant.
    UnauthorizedClient,
    /// The client does not have one of the scopes.
    InvalidScope,
    RateLimited,
    ServerError,
    /// The response is a success without a valid token.
    Decode,
    /// The response has no OAuth error code, so something in front of the token endpoint sent it.
    Intermediary,
    /// Any other error.
    Other,
}

impl ImsError {
    /// What to do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            ImsErrorKind::InvalidClient if self.is_client_id_rejected() => {
                "check the client id; it is on the credential's page in Adobe's Developer Console"
            }
            ImsErrorKind::InvalidClient => {
                "check the client secret; it may have been replaced on the credential's page in Adobe's Developer Console"
            }
            ImsErrorKind::UnauthorizedClient => {
                "use an OAuth server-to-server credential; check on its page that it is active and belongs to this organization"
            }
            ImsErrorKind::InvalidScope => "compare the scopes with those on the credential's page",
            ImsErrorKind::RateLimited => "wait before requesting another token, and reuse a token while it is valid",
            ImsErrorKind::ServerError => "the token endpoint has a temporary failure; try again",
            ImsErrorKind::Other if (300..400).contains(&self.status) => {
                "the token endpoint redirects, and secrets are never sent to another address; check its URL"
            }
            ImsErrorKind::Decode => "check the URL of the token endpoint, and that no proxy responds instead of it",
            ImsErrorKind::Intermediary => {
                "this says nothing about the credential; check the proxy, the firewall, and the URL of the token endpoint"
            }
            ImsErrorKind::Other => "check the client id, the client secret, and the scopes",
        }
    }

    /// What the endpoint responded, on one line.
    pub fn message(&self) -> String {
        let sender = match self.kind {
            ImsErrorKind::Intermediary => "something in front of the token endpoint",
            _ => "the token endpoint",
        };
        let mut message = concat(&[sender, " responded ", &decimal(self.status.into())]);
        let details = [(" ", &self.code, ""), (": ", &self.description, ""), (" (debug id ", &self.debug_id, ")")];
        for (before, detail, after) in details {
            if let Some(detail) = detail {
                message.push_str(&concat(&[before, detail, after]));
            }
        }
        message
    }

    /// Whether the endpoint rejected the secret, so that another secret could work.
    pub fn is_secret_rejected(&self) -> bool {
        self.kind == ImsErrorKind::InvalidClient && !self.is_client_id_rejected()
    }

    fn is_client_id_rejected(&self) -> bool {
        self.description.as_ref().is_some_and(|text| contains(text, "client_id"))
    }

    /// An excerpt of the endpoint's text without the secrets, plain or form-encoded. `None` if nothing is left.
    pub(crate) fn redact(text: &str, secrets: &[&str]) -> Option<String> {
        // Escaped before redaction: a line break may split a secret, and escaping later could produce text that equals
        // one.
        let plain = |text: &str| {
            escape(
                &text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect::<String>(),
            )
        };
        let mut text = plain(text);
        for secret in secrets {
            let mut encoded = String::new();
            encode(&mut encoded, secret);
            for variant in [plain(secret).as_str(), &encoded] {
                if !variant.is_empty() {
                    text = replace(&text, variant, "[redacted]");
                }
            }
        }
        let text = excerpt(trim(&text), MAX_TEXT_LENGTH);
        (!text.is_empty()).then_some(text)
    }
}

impl fmt::Display for ImsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for ImsError {}
