//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service. The operations are methods of [`Client::capping`] and [`Client::throttling`].
//! - [`rules`] says what the service would say about a definition, without asking it.
//! - [`Error`] tells what failed, what the service said, and what to do next.
//!
//! The models and the operations are generated from `openapi/*.yaml`. The client sends requests over any [`HttpTransport`]. The
//! feature `reqwest` (on by default) has the native one. Without it this crate compiles for `wasm32-unknown-unknown`, where the
//! feature `fetch` has another one, `fetch::FetchTransport`.

mod client;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, reason = "generated")]
mod generated;
mod parse;
mod retry;
pub mod rules;
mod transport;
mod types;

#[cfg(feature = "reqwest")]
pub use ajo_auth::read_bounded_text;
pub use ajo_auth::{Credentials, Secret, untrusted_text};
pub use client::api_client::Client;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub use client::builder::Builder;
pub use client::call::Call;
pub use client::call_options::CallOptions;
#[cfg(feature = "reqwest")]
pub use client::client_limits::NativeLimits;
#[cfg(feature = "reqwest")]
pub use client::reqwest_builder::ClientBuilder;
pub use client::response::Response;
pub use client::settings::{BASE_URL, Caller, DEADLINE, Settings, TIMEOUT, Wanted};
pub use error::call_error::Error;
pub use error::error_kind::ErrorKind;
pub use error::error_response::{Failure, Layer};
pub use generated::capping::client::Capping;
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::options::*;
pub use generated::throttling::client::Throttling;
pub use generated::throttling::types::*;
pub use generated::verbs::Verb;
pub use retry::attempt_outcome::Ending;
pub use retry::budget::{CALLS_PER_RETRY, MOST_RETRIES, RetryBudget};
pub use retry::policy::RetryPolicy;
pub use retry::retry_state::{Attempts, Next};
pub use transport::http_transport::{
    CallNote, HttpResponse, HttpTransport, MAX_ANSWER, MAX_FAILURE_ANSWER, SendError, SendProblem,
};
pub use transport::rate_limit::RateLimit;
pub use transport::request::{Request, TextTemplate};
#[cfg(feature = "reqwest")]
pub use transport::reqwest_transport::{ReqwestTemplate, ReqwestTransport};
pub use types::idempotency::{AlreadyDone, Idempotency};
pub use types::operation::{Api, Operation, RequestBody, ResponseValue};
pub use types::operation_table::OPERATIONS;
pub use types::sandbox::{Sandbox, SandboxError};
pub use types::schema;
pub use types::service_code::ServiceCode;
pub use types::uid::{Uid, UidError};
