//! The transport for Rust compiled to WebAssembly. It uses `fetch`, the timers, and the clocks of a Worker, a browser,
//! or Node.js.
//!
//! gloo-net only builds the requests. They are sent and read through js-sys, where every exception is an error.
//! gloo-net 0.7 panics if `fetch` throws, rejects with a value that is not an `Error`, or returns a `Response` of
//! another realm. A panic in WebAssembly leaves the caller's promise pending forever.
//!
//! This module compiles on other targets but only works in WebAssembly. Limits in this module are ours unless a source
//! is given.

mod abort_guard;
mod fetch_error_kind;
mod fetch_request;
mod fetch_token_transport;
mod js_error;
mod js_runtime;
mod js_timer;
mod js_value;
mod response_body;
mod send_request;

use std::sync::Arc;

pub use fetch_error_kind::FetchErrorKind;
pub use fetch_request::FetchRequest;
use fetch_token_transport::FetchTokenTransport;
pub use js_error::JsError;
pub use js_runtime::JsRuntime;
pub use send_request::{FetchError, FetchResponse, send_request};

use crate::{BaseUrl, Credentials, Runtime, TokenProvider, TokenStore};

/// Fetches tokens with these credentials from this token endpoint over `fetch`.
pub fn token_provider(
    credentials: Credentials,
    ims: &BaseUrl,
    runtime: Arc<dyn Runtime>,
    store: Option<Arc<dyn TokenStore>>,
) -> TokenProvider {
    TokenProvider::with_transport(credentials, ims, Arc::new(FetchTokenTransport { runtime, store }))
}
