//! Building a client, and the operations of both APIs.

#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod call_options;
#[cfg(feature = "reqwest")]
pub(crate) mod capping;
#[cfg(feature = "reqwest")]
pub(crate) mod client_limits;
pub(crate) mod delete_options;
pub(crate) mod direct;
#[cfg(feature = "reqwest")]
pub(crate) mod native_client;
#[cfg(feature = "reqwest")]
pub(crate) mod progenitor_hooks;
pub(crate) mod settings;
#[cfg(feature = "reqwest")]
pub(crate) mod throttling;
