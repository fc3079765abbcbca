//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service: [`Client::capping`] and [`Client::throttling`], each with the eight operations `list`,
//!   `create`, `get`, `update`, `delete`, `can_deploy`, `deploy`, `undeploy`.
//! - [`rules`] says what the service would say about a definition, without asking it.
//! - [`Error`] tells what failed, what the service said, and what to do next.
//!
//! The models and the client are generated from `openapi/*.yaml`. Without the feature `reqwest` (on by default) there is no
//! client, and the rest compiles for `wasm32-unknown-unknown`.

#[cfg(feature = "reqwest")]
mod attempt;
#[cfg(feature = "reqwest")]
mod call;
#[cfg(feature = "reqwest")]
mod call_options;
#[cfg(feature = "reqwest")]
mod capping;
#[cfg(feature = "reqwest")]
mod client;
#[cfg(feature = "reqwest")]
mod delete_options;
#[cfg(feature = "reqwest")]
mod error;
mod failure;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, reason = "generated")]
mod generated;
mod hint;
#[cfg(feature = "reqwest")]
mod http;
mod lenient;
mod open_enum;
mod operation;
mod rate_limit;
mod retry;
mod retry_budget;
pub mod rules;
mod sandbox;
mod service_code;
#[cfg(feature = "reqwest")]
mod throttling;
#[cfg(feature = "reqwest")]
mod transport;
mod uid;

#[cfg(feature = "reqwest")]
pub use ajo_auth::{Credentials, Secret};
#[cfg(feature = "reqwest")]
pub use call::{Answer, Call};
#[cfg(feature = "reqwest")]
pub use call_options::CallOptions;
#[cfg(feature = "reqwest")]
pub use capping::Capping;
#[cfg(feature = "reqwest")]
pub use client::{BASE_URL, Client, ClientBuilder, DEADLINE, TIMEOUT};
#[cfg(feature = "reqwest")]
pub use delete_options::DeleteOptions;
#[cfg(feature = "reqwest")]
pub use error::{Error, ErrorKind};
pub use failure::{Failure, Layer};
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::throttling::types::*;
pub use operation::{Api, OPERATIONS, Operation, Verb};
pub use rate_limit::RateLimit;
pub use retry::{Attempts, Ending, Next, Repeat, RetryPolicy};
pub use retry_budget::{CALLS_PER_RETRY, MOST_RETRIES, RetryBudget};
pub use sandbox::{Sandbox, SandboxError};
pub use service_code::ServiceCode;
#[cfg(feature = "reqwest")]
pub use throttling::Throttling;
pub use uid::{Uid, UidError};
