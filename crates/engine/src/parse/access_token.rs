//! Access tokens.

use core::time::Duration;

use crate::text::{is_any, split_at, trim};
use crate::{Secret, Timestamp};

/// Maximum lifetime (our limit). A response or store entry with a longer one is invalid: Adobe's tokens live 24 hours.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(31 * 24 * 3600);

/// The lifetime of a token whose expiry is not known.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// An access token and its expiry.
#[derive(Clone, Debug)]
pub struct AccessToken {
    value: Secret,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

impl AccessToken {
    /// Creates a token. `None` if its value cannot be sent in a header.
    pub fn new(value: Secret, issued_at: Timestamp, lifetime: Duration) -> Option<Self> {
        let text = value.expose();
        let sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        sendable.then(|| Self { value, issued_at, expires_at: issued_at.saturating_add(lifetime) })
    }

    /// Parses a token from a setting or a callback; its expiry is not known. Removes white space and `Bearer`, with which a
    /// copied header value starts. `None` if nothing is left, or if a character is not of a token (RFC 6750, section 2.1),
    /// such as a quote or one of a placeholder.
    pub fn from_setting(text: &Secret) -> Option<Self> {
        let text = trim(text.expose());
        let (scheme, rest) = split_at(text, "bearer".len());
        let token = trim(rest);
        let has_scheme = scheme.eq_ignore_ascii_case("bearer") && (token.len() < rest.len() || rest.is_empty());
        let token = if has_scheme { token } else { text };
        let is_token = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_any(byte, b"-._~+/="));
        if !is_token {
            return None;
        }
        Self::new(Secret::new(token), Timestamp::from_millis(0), UNKNOWN_LIFETIME)
    }

    pub const fn value(&self) -> &Secret {
        &self.value
    }

    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The total lifetime.
    pub const fn lifetime(&self) -> Duration {
        self.expires_at.saturating_since(self.issued_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearer_is_removed() {
        let parse = |text: &str| AccessToken::from_setting(&Secret::new(text)).map(|it| it.value().expose().len());
        for (text, length) in [
            ("Bearer  eyJ.x", Some(5)),
            ("bearer\teyJ\r\n", Some(3)),
            (" eyJ\n", Some(3)),
            ("Bearer", None),
            ("\"eyJ\"", None),
            ("${TOKEN}", None),
            ("<token>", None),
            ("{\"access_token\":\"eyJ\"}", None),
            ("eyJ x", None),
            ("Bearer a b", None),
            ("", None),
            ("eyé", None),
        ] {
            assert_eq!(parse(text), length, "{text}");
        }
    }
}
