//! Access tokens.

use core::time::Duration;

use crate::{Secret, Timestamp};

/// Maximum lifetime (our limit). A response or store entry with a longer one is invalid: Adobe's tokens live 24 hours.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(31 * 24 * 3600);

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
