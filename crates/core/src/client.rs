//! The client: building it, calls, and their responses. The operations are generated into `generated/*/client.rs`.

pub(crate) mod api_client;
pub(crate) mod api_handle;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod call_options;
pub(crate) mod call_response;
pub(crate) mod call_target;
pub(crate) mod client_config;
#[cfg(feature = "reqwest")]
pub(crate) mod concurrency_limit;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
mod into_future;
mod raw_call;
mod raw_definition;
mod redeploy;
pub(crate) mod request;
pub(crate) mod request_builder;
pub(crate) mod request_config;
pub(crate) mod request_url;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_builder;
