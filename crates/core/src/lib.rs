//! Typed clients, models and rules of Adobe Journey Optimizer's capping and throttling APIs.
//!
//! - [`Client`] calls the service. The operations are methods of [`Client::capping`] and [`Client::throttling`].
//! - [`Api::validate`] checks a definition offline, by the rules of the service.
//! - [`CallError`] reports the failed operation, the service's code and message, and a hint.
//!
//! The models and the operations are generated from `openapi/*.yaml`. The client sends requests over any [`HttpTransport`]. The
//! feature `reqwest` (on by default) adds the native transport, and `fetch` adds `fetch::FetchTransport` for `wasm32-unknown-unknown`.
//! Both imply the feature `client`. Without it, this crate contains only models, operations, and rules.
//!
//! Limits in this crate, such as [`MAX_RESPONSE_BYTES`], are ours unless a source is given.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, unreachable_pub, reason = "generated")]
mod generated;
mod parse;
#[cfg(feature = "client")]
mod transport;
mod types;

#[cfg(feature = "client")]
pub use ajo_auth::credentials;
#[cfg(feature = "reqwest")]
pub use ajo_auth::{SymlinkPolicy, open_regular_file, read_bounded_file, read_bounded_text};
// The types in this crate's own signatures. Import everything else from `ajo_engine`.
pub use ajo_engine::spec::{Api, OPERATIONS, Operation, RequestBody, ResponseValue, Verb, object_schema};
pub use ajo_engine::{
    AlreadyApplied, Credentials, ErrorOrigin, ErrorResponse, Idempotency, LiveLimit, Method, MethodError, RetryPolicy,
    SandboxName, SandboxNameError, Secret, ServiceCode, Uid, UidError, config_definition, rules,
};
#[cfg(any(feature = "fetch", feature = "reqwest"))]
pub use client::builder::GenericClientBuilder;
#[cfg(feature = "reqwest")]
pub use client::{concurrency_limit::ConcurrencyLimit, reqwest_builder::ClientBuilder};
pub use generated::capping::types::*;
pub use generated::enums::*;
pub use generated::options::*;
pub use generated::throttling::types::*;
pub use parse::config_definition::IncompleteConfigError;
#[cfg(feature = "reqwest")]
pub use transport::reqwest_transport::{ReqwestTemplate, ReqwestTransport};
#[cfg(feature = "client")]
pub use {
    ajo_engine::{BASE_URL, DEADLINE, ErrorKind, MAX_ERROR_RESPONSE_BYTES, SendErrorKind, TIMEOUT, is_secret_header},
    client::api_client::Client,
    client::call::Call,
    client::call_options::CallOptions,
    client::call_response::CallResponse,
    client::call_target::CallTarget,
    client::client_config::{AuthSource, ClientConfig, ValidatedConfig},
    client::request::Request,
    error::call_error::CallError,
    error::redeploy_error::{RedeployError, RedeployFailure},
    generated::capping::client::Capping,
    generated::throttling::client::Throttling,
    transport::http_request::{HttpRequest, RequestTemplate, StringRequestTemplate},
    transport::http_transport::{
        CallEvent, DeadlineExceeded, HttpResponse, HttpTransport, MAX_RESPONSE_BYTES, SendError,
    },
    transport::request_id::new_request_id,
};

/// Compiles the examples of the page about errors.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../../../docs/errors.md")]
struct ErrorsPage;

/// Compiles the example of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;
