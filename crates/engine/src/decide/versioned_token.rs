//! The token that a call uses.

use crate::AccessToken;

/// An access token and its generation.
#[derive(Clone, Debug)]
pub struct VersionedToken {
    pub token: AccessToken,
    /// Pass this to [`ClientTokenState::invalidate`](crate::ClientTokenState::invalidate) if the service rejects the token.
    pub generation: u64,
}
