//! Tokens that were handed out.

use crate::AccessToken;

/// A token that was handed out.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The token.
    pub token: AccessToken,
    /// What to name in [`TokenProvider::invalidate`](crate::TokenProvider::invalidate).
    pub generation: u64,
}
