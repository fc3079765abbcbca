//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service: [`Client::capping`] and [`Client::throttling`], each with the eight operations `list`,
//!   `create`, `get`, `update`, `delete`, `can_deploy`, `deploy`, `undeploy`.
//! - [`rules`] says what the service would say about a definition, without asking it.
//! - [`Error`] tells what failed, what the service said, and what to do next.
//!
//! The models and the client are generated from `openapi/*.yaml`. Without the feature `reqwest` (on by default) that client is not
//! there, and the rest compiles for `wasm32-unknown-unknown`; the feature `fetch` has a client for there, `fetch::Client`.

mod attempt;
#[cfg(any(feature = "fetch", feature = "reqwest"))]
mod builder;
mod call;
mod call_options;
mod call_request;
#[cfg(feature = "reqwest")]
mod capping;
#[cfg(feature = "reqwest")]
mod client;
mod definition;
mod delete_options;
mod direct;
mod error;
mod failure;
#[cfg(feature = "fetch")]
pub mod fetch;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, missing_docs, reason = "generated")]
mod generated;
mod headers;
mod hint;
#[cfg(feature = "reqwest")]
mod http;
mod lenient;
mod models;
#[cfg(feature = "reqwest")]
mod native_limits;
#[cfg(feature = "reqwest")]
mod native_wire;
mod open_enum;
mod operation;
mod problem;
mod rate_limit;
mod reading;
mod retry;
mod retry_budget;
pub mod rules;
mod sandbox;
mod service_code;
mod settings;
#[cfg(feature = "reqwest")]
mod throttling;
mod transport;
mod uid;
mod watch;
mod wire;

pub use ajo_auth::{Credentials, Secret, untrusted_text};
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub use builder::Builder;
pub use call::{Answer, Call};
pub use call_options::CallOptions;
pub use call_request::CallRequest;
#[cfg(feature = "reqwest")]
pub use capping::Capping;
#[cfg(feature = "reqwest")]
pub use client::{Client, ClientBuilder};
pub use delete_options::DeleteOptions;
pub use direct::{DirectApi, DirectClient};
pub use error::{Error, ErrorKind};
pub use failure::{Failure, Layer};
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::throttling::types::*;
pub use models::{CappingModels, Models, ThrottlingModels};
#[cfg(feature = "reqwest")]
pub use native_limits::NativeLimits;
pub use operation::{Api, OPERATIONS, Operation, Verb};
pub use rate_limit::RateLimit;
pub use retry::{Attempts, Ending, Next, Repeat, RetryPolicy};
pub use retry_budget::{CALLS_PER_RETRY, MOST_RETRIES, RetryBudget};
pub use sandbox::{Sandbox, SandboxError};
pub use service_code::ServiceCode;
pub use settings::{BASE_URL, Caller, DEADLINE, Settings, TIMEOUT, Wanted};
#[cfg(feature = "reqwest")]
pub use throttling::Throttling;
pub use uid::{Uid, UidError};
pub use wire::{CallNote, MAX_ANSWER, MAX_FAILURE_ANSWER, Reply, SendError, SendProblem, Wire};
