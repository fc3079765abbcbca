//! Credentials, tokens and token stores, by the public API.

#[cfg(feature = "reqwest")]
mod provider;
#[cfg(feature = "reqwest")]
mod stores;
