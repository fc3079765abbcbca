//! Error responses of the token endpoint.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::parse::form::encode;
use crate::untrusted_text::{escape, excerpt};

/// Longest text of the host that is kept, in characters. Chosen here; the published ones are below 60.
const MAX_TEXT: usize = 300;

/// Why the token host gave no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImsError {
    /// What kind of failure it is.
    pub kind: ImsErrorKind,
    /// The HTTP status.
    pub status: u16,
    /// The host's own code, such as `invalid_client`.
    pub code: Option<String>,
    /// The host's own description.
    pub description: Option<String>,
    /// The header `x-debug-id`, to be named to Adobe's support.
    pub debug_id: Option<String>,
    /// How long it asks to wait, by the header `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// Kinds of [`ImsError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImsErrorKind {
    /// The client id or the client secret is wrong.
    InvalidClient,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// A scope is not the client's.
    InvalidScope,
    /// Too many requests.
    RateLimited,
    /// The host is in trouble.
    ServerError,
    /// It answered success with something that is no token.
    Unreadable,
    /// Any other refusal.
    Other,
}

impl ImsError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            ImsErrorKind::InvalidClient if self.is_about_the_id() => {
                "check the client id; it is on the credential's page in Adobe's Developer Console"
            }
            ImsErrorKind::InvalidClient => {
                "check the client secret; it may have been replaced on the credential's page in Adobe's Developer Console"
            }
            ImsErrorKind::UnauthorizedClient => {
                "use an OAuth server-to-server credential; check on its page that it is active and belongs to this organization"
            }
            ImsErrorKind::InvalidScope => "compare the scopes with those on the credential's page",
            ImsErrorKind::RateLimited => {
                "wait before asking for another token, and keep the one you have while it is valid"
            }
            ImsErrorKind::ServerError => "the token host is in trouble; this passes, try again",
            ImsErrorKind::Other if (300..400).contains(&self.status) => {
                "the address of the token host redirects, and no secret follows it; check that address"
            }
            ImsErrorKind::Unreadable => {
                "check that the address of the token host is right and that no proxy answers for it"
            }
            ImsErrorKind::Other => "check the client id, the client secret and the scopes",
        }
    }

    /// Whether another secret could be accepted where this one was not.
    pub fn is_about_the_secret(&self) -> bool {
        self.kind == ImsErrorKind::InvalidClient && !self.is_about_the_id()
    }

    fn is_about_the_id(&self) -> bool {
        self.description.as_ref().is_some_and(|text| text.contains("client_id"))
    }

    /// An excerpt of the host's text without the secrets, plain or form-encoded. `None` where nothing is left.
    pub(crate) fn clean(text: &str, secrets: &[&str]) -> Option<String> {
        // Escaped before redaction: a line break may split a secret, and escaping later could produce text that equals one.
        let plain = |text: &str| escape(&text.replace(char::is_control, " "));
        let mut text = plain(text);
        for secret in secrets {
            let mut encoded = String::new();
            encode(&mut encoded, secret);
            for shape in [plain(secret).as_str(), &encoded] {
                if !shape.is_empty() {
                    text = text.replace(shape, "[redacted]");
                }
            }
        }
        let text = excerpt(text.trim(), MAX_TEXT);
        (!text.is_empty()).then_some(text)
    }
}

impl fmt::Display for ImsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token host answered {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        if let Some(id) = &self.debug_id {
            write!(f, " (debug id {id})")?;
        }
        Ok(())
    }
}

impl core::error::Error for ImsError {}
