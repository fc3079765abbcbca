//! The driver for Rust compiled to WebAssembly: the `fetch`, the timers and the clocks of a Worker, a browser or Node.js.
//!
//! gloo-net puts requests together. Its own sending and reading are not used: gloo-net 0.7 panics when what `fetch` gives is not a
//! `Response` of the same realm, when what it rejects with is no `Error`, and when a `fetch` throws by itself; a panic on
//! WebAssembly leaves the promise of the caller unsettled for ever. So `fetch` is called, and its answer read, through js-sys, where
//! whatever throws is an error.
//!
//! Nothing here works outside of WebAssembly, although it compiles.

mod abort;
mod body;
mod exchange;
mod fault;
mod fetch_transport;
mod js_env;
mod js_error;
mod request;
mod script;
mod timer;

use std::sync::Arc;

pub use exchange::{Fault, Incoming, send};
pub use fault::FaultKind;
use fetch_transport::FetchDriver;
pub use js_env::System;
pub use js_error::Thrown;
pub use request::Outgoing;

use crate::{Credentials, Endpoint, Surroundings, TokenProvider, TokenStore};

/// Fetches tokens with these credentials from this token host, by way of `fetch`.
pub fn token_provider(
    credentials: Credentials,
    ims: &Endpoint,
    surroundings: Arc<dyn Surroundings>,
    store: Option<Arc<dyn TokenStore>>,
) -> TokenProvider {
    TokenProvider::with_transport(credentials, ims, Arc::new(FetchDriver { surroundings, store }))
}
