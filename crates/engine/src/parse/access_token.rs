//! Access tokens.

use core::time::Duration;

use crate::{Secret, Timestamp};

/// A host or a store that says a token lives longer is not believed. Chosen here: far above the 24 hours that the token host
/// grants.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(31 * 24 * 3600);

/// An access token and its end.
#[derive(Clone, Debug)]
pub struct AccessToken {
    value: Secret,
    granted_at: Timestamp,
    expires_at: Timestamp,
}

impl AccessToken {
    /// A token that was granted now and lives for a while. `None` when it could not be sent in a header.
    pub fn new(value: Secret, granted_at: Timestamp, lifetime: Duration) -> Option<Self> {
        let text = value.expose();
        let sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        sendable.then(|| Self { value, granted_at, expires_at: granted_at.saturating_add(lifetime) })
    }

    /// The token itself.
    pub const fn value(&self) -> &Secret {
        &self.value
    }

    /// When it ends.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How long it lives in all.
    pub const fn lifetime(&self) -> Duration {
        self.expires_at.saturating_since(self.granted_at)
    }
}
