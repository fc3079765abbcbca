//! Credentials, tokens and token stores, by the public API.

mod contexts;
#[cfg(feature = "reqwest")]
mod provider;
#[cfg(feature = "reqwest")]
mod stores;
mod token_cache;
mod token_outage;
