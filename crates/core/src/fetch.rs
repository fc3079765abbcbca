//! The client for Rust compiled to WebAssembly, over the `fetch` of a Worker, a browser or Node.js.
//!
//! It makes the same requests, reads the same answers and repeats the same calls as the native client. What is different lies in
//! `fetch`: answers come inflated where they were compressed, a browser says nothing of a redirect but that there was one, and a
//! `fetch` that fails does not say whether the request was sent, so that a creation is then not made again.
//!
//! A Worker written in Rust, with the crate `worker`. It is compiled in `tests/fetch/worker/`:
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
//! The client may live in a `static`, so that the requests of an isolate share its token: it holds nothing of JavaScript between two
//! calls. For a store in Workers KV implement [`ajo_auth::TokenStore`], with `send_wrapper::SendWrapper` around what is not `Send`.

mod client;
mod fetch_transport;

pub use client::{Client, ClientBuilder, NoLimits};
pub use fetch_transport::FetchTransport;
