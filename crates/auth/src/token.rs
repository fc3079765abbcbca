//! Access tokens: fetched, shared, or passed ready-made.

pub(crate) mod granted;
mod oauth_source;
pub(crate) mod provider;
mod shared_token;
pub(crate) mod token_transport;
