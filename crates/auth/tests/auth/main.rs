//! Tests of tokens and token stores through the public API.

#[cfg(feature = "reqwest")]
mod provider;
#[cfg(feature = "reqwest")]
mod stores;
