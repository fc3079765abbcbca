//! The client for Rust compiled to WebAssembly, over the `fetch` of a Worker, a browser, or Node.js.
//!
//! It sends the same requests, parses the same responses, and retries the same calls as the native client. `fetch` itself differs in
//! three ways. It decompresses responses. In a browser it hides the status and target of a redirect. When it fails, it does not
//! report whether the request was sent, so `create` is not retried.
//!
//! This is a Worker in Rust that uses the crate `worker`. `tests/fetch/worker/` compiles it:
//!
//! ```ignore
//! use ajo_core::{Credentials, fetch::Client};
//! use worker::{Context, Env, Request, Response, Result, event};
//!
//! #[event(fetch)]
//! async fn fetch(_: Request, env: Env, _: Context) -> Result<Response> {
//!     let secret = env.secret("AJO_CLIENT_SECRET")?.to_string();
//!     let credentials = Credentials::new("client id", secret, "A1B2C3@AdobeOrg", "openid,AdobeID,session")
//!         .map_err(|error| worker::Error::from(error.to_string()))?;
//!     let client = Client::builder()
//!         .credentials(credentials)
//!         .sandbox("prod")
//!         .build()
//!         .map_err(|error| worker::Error::from(error.to_string()))?;
//!     match client.capping().list().await {
//!         Ok(configs) => Response::ok(format!("{} capping configurations", configs.len())),
//!         Err(error) => Response::error(error.to_string(), 502),
//!     }
//! }
//! ```
//!
//! Between calls a client holds no JavaScript values. Store it in a `static` to share its token between the requests of an isolate.
//! To store tokens in Workers KV, implement [`ajo_auth::TokenStore`] and wrap values that are not `Send` in
//! `send_wrapper::SendWrapper`.

mod client;
mod fetch_transport;

pub use client::{Client, ClientBuilder, NoLimits};
pub use fetch_transport::FetchTransport;
