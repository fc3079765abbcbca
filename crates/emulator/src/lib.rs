//! Emulates the capping and throttling service of Adobe Journey Optimizer and the token endpoint on loopback.
//!
//! [`EmulatorState`] is the service itself: `handle(request, now)` returns the response. It has no sockets, clock, or randomness
//! of its own. [`Emulator`] is an HTTP server around it with the service's paths: `/journey/orchestration/…` and
//! `/ims/token/v3`. A browser shows its web UI at `/`.
//!
//! | folder | contents |
//! |---|---|
//! | `state/` | the service in memory: organizations, configurations, tokens, clock, request log, settings |
//! | `api/` | turns a request into a response: routes, gateway, authoring service, token endpoint, control API, contract mode |
//! | `faults/` | the syntax of faults, and their injection |
//! | `server/` | the HTTP server, its connections, and the emulator without a socket |
//! | `ui/` | the files of the web UI |
//!
//! This project has no access to the real service. The emulator follows Adobe's documentation; every guess is marked
//! *inferred* where it is made. Size limits are ours unless a source is given.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ajo_emulator::Emulator;
//!
//! let emulator = Emulator::start().await?;
//! assert!(emulator.base_url().starts_with(&emulator.ims_url()));
//! // It stops when dropped.
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod faults;
mod server;
mod state;
mod ui;

pub use api::authoring::validation::MAX_METHODS;
pub use api::control::routes::{CONTROL_ROUTES, ControlRoute};
pub use api::gateway_error::GatewayError;
pub use api::request_body::IncompleteBody;
pub use api::service_error::ServiceError;
pub use api::token_endpoint_error::TokenEndpointError;
pub use faults::active_faults::MAX_FAULTS;
pub use faults::delivery::{DeliveryMode, ResponseDelivery};
pub use faults::effect::FaultEffect;
pub use faults::fault::Fault;
pub use faults::fault_error::FaultError;
pub use faults::frequency::FaultFrequency;
pub use faults::injection::FAULT_HEADER;
pub use faults::latency::Latency;
pub use faults::target::FaultTarget;
#[cfg(feature = "server")]
pub use server::http_server::{Emulator, EmulatorBuilder, EmulatorError};
pub use server::in_process::{ConnectionLost, InProcessService};
pub use state::clock::{Clock, ClockSpeedError, MAX_TIMESTAMP};
pub use state::concurrent_edit::{ConcurrentEdit, Mutation};
pub use state::emulator_state::{ENVIRONMENT_NAMES, EmulatorState, MAX_ORGANIZATIONS, MAX_SANDBOXES};
pub use state::organization::{MAX_CONCURRENT_EDITS, Organization};
pub use state::quirks::{Quirk, QuirkError, QuirkSettings};
pub use state::request_log::{LoggedCall, LoggedCalls};
pub use state::settings::{AuthMode, EmulatorSettings, RegisteredClient, ResourceLimits, SandboxSettings};
pub use state::snapshot::SnapshotError;

/// Compiles the example of the README.
#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
