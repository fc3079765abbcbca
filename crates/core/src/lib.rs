//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service. The operations are methods of [`Client::capping`] and [`Client::throttling`].
//! - [`Api::validate`] says what the service would say about a definition, without asking it.
//! - [`Error`] tells what failed, what the service said, and what to do next.
//!
//! The models and the operations are generated from `openapi/*.yaml`. The client sends requests over any [`HttpTransport`]. The
//! feature `reqwest` (on by default) has the native one, and `fetch` has `fetch::FetchTransport` for `wasm32-unknown-unknown`. Without
//! the feature `client`, which both imply, this crate has only models, operations, and rules.

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, reason = "generated")]
mod generated;
mod parse;
#[cfg(feature = "client")]
mod transport;
mod types;

#[cfg(feature = "client")]
pub use ajo_auth::credentials;
#[cfg(feature = "reqwest")]
pub use ajo_auth::read_bounded_text;
// The types in this crate's own signatures. Import everything else from `ajo_engine`.
pub use ajo_engine::{
    AlreadyDone, Credentials, Failure, Idempotency, Layer, RetryPolicy, Sandbox, SandboxError, Secret, ServiceCode,
    Uid, UidError, rules,
};
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub use client::builder::Builder;
#[cfg(feature = "reqwest")]
pub use client::{client_limits::NativeLimits, reqwest_builder::ClientBuilder};
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::options::*;
pub use generated::throttling::types::*;
pub use generated::verbs::Verb;
#[cfg(feature = "reqwest")]
pub use transport::reqwest_transport::{ReqwestTemplate, ReqwestTransport};
pub use types::operation::{Api, Operation, RequestBody, ResponseValue};
pub use types::operation_table::OPERATIONS;
pub use types::schema;
#[cfg(feature = "client")]
pub use {
    client::api_client::Client,
    client::call::Call,
    client::call_options::CallOptions,
    client::request_config::RequestConfig,
    client::request_parts::RequestParts,
    client::response::Response,
    client::settings::{BASE_URL, Caller, DEADLINE, Settings, TIMEOUT, Wanted},
    error::call_error::Error,
    error::error_kind::ErrorKind,
    generated::capping::client::Capping,
    generated::throttling::client::Throttling,
    transport::call_progress::CallProgress,
    transport::http_transport::{
        CallNote, DeadlineExceeded, HttpResponse, HttpTransport, MAX_ANSWER, MAX_FAILURE_ANSWER, SendError, SendProblem,
    },
    transport::request::{Request, RequestTemplate, TextTemplate},
    transport::request_id::request_id,
};
