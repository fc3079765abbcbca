//! The client: building it, calls, and their responses. The operations are generated into `generated/*/client.rs`.

pub(crate) mod api_client;
pub(crate) mod api_handle;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod call_options;
#[cfg(feature = "reqwest")]
pub(crate) mod client_limits;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
mod into_future;
mod raw_call;
pub(crate) mod request_config;
pub(crate) mod request_parts;
mod request_path;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_builder;
pub(crate) mod response;
pub(crate) mod settings;
mod update_raw;
