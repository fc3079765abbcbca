//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service: [`Client::capping`] and [`Client::throttling`], each with the eight operations `list`,
//!   `create`, `get`, `update`, `delete`, `can_deploy`, `deploy`, `undeploy`.
//! - [`Api::validate`] says what the service would say about a definition, without asking it.
//! - [`Error`] tells what failed, what the service said, and what to do next.
//!
//! The models and the client are generated from `openapi/*.yaml`. Without the feature `reqwest` (on by default) that client is not
//! there, and the rest compiles for `wasm32-unknown-unknown`; the feature `fetch` has a client for there, `fetch::Client`.

mod client;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, reason = "generated")]
mod generated;
mod parse;
mod transport;
mod types;

pub use ajo_auth::credentials;
#[cfg(feature = "reqwest")]
pub use ajo_auth::read_bounded_text;
// The types of this crate's own functions. Everything else of the engine is imported from there.
pub use ajo_engine::{
    Credentials, Failure, Idempotency, Layer, RetryPolicy, Sandbox, SandboxError, Secret, ServiceCode, Uid, UidError,
    rules,
};
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub use client::builder::Builder;
pub use client::call::{Answer, Call};
pub use client::call_options::CallOptions;
pub use client::delete_options::DeleteOptions;
pub use client::direct::{DirectApi, DirectClient};
pub use client::settings::{BASE_URL, Caller, DEADLINE, Settings, TIMEOUT, Wanted};
#[cfg(feature = "reqwest")]
pub use client::{
    capping::Capping,
    client_limits::NativeLimits,
    native_client::{Client, ClientBuilder},
    throttling::Throttling,
};
pub use error::call_error::Error;
pub use error::error_kind::ErrorKind;
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::throttling::types::*;
pub use generated::verbs::Verb;
pub use transport::call_request::CallRequest;
pub use transport::http_transport::{CallNote, MAX_ANSWER, MAX_FAILURE_ANSWER, Reply, SendError, SendProblem, Wire};
pub use types::models::{CappingModels, Models, ThrottlingModels};
pub use types::operation::{Api, Operation};
pub use types::operation_table::OPERATIONS;
