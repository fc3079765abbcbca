//! A token that a call got.

use crate::AccessToken;

/// An access token, and its generation.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: AccessToken,
    /// Identifies the token if the service rejects it.
    pub generation: u64,
}
