//! Access tokens: when one is used, fetched, shared, or dropped.

pub(crate) mod access_token;
pub(crate) mod ims_error;
mod oauth_source;
pub(crate) mod provider;
mod refresh_lease;
mod store_breaker;
pub(crate) mod token_cache;
pub(crate) mod token_entry;
pub(crate) mod token_request;
pub(crate) mod token_response;
pub(crate) mod token_transport;
