//! The capping and throttling service of Adobe Journey Optimizer, and the token endpoint, on loopback.
//!
//! [`World`] is the service itself: `handle(request, now)` returns the response, without sockets, clock or randomness of its
//! own. [`Emulator`] is an HTTP server around it on one local port, with the service's paths: `/journey/orchestration/…` and
//! `/ims/token/v3`. A browser shows its web UI at `/`.
//!
//! | folder | contents |
//! |---|---|
//! | `state/` | the service in memory: organizations, configurations, tokens, clock, request log, settings |
//! | `api/` | a request to its response: routes, gateway, authoring service, token endpoint, control API, contract mode |
//! | `faults/` | how a fault is written, and how it is injected |
//! | `server/` | the HTTP server, its connections, and the emulator without a socket |
//! | `ui/` | the files of the web UI |
//!
//! Nobody here can call the real service. What the emulator does is documented by Adobe where the code does not say
//! otherwise; every guess is marked *inferred* at the place where it is made.
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

mod api;
mod faults;
mod server;
mod state;
mod ui;

pub use api::authoring::validation::MAX_METHODS;
pub use api::control::routes::{CONTROL_ROUTES, ControlRoute};
pub use api::gateway_error::GatewayError;
pub use api::ims_error::ImsRefusal;
pub use api::request_body::Broken;
pub use api::service_error::ServiceError;
pub use faults::active_faults::MAX_FAULTS;
pub use faults::delivery::{Delivery, Manner};
pub use faults::effect::Effect;
pub use faults::fault::Fault;
pub use faults::fault_error::FaultError;
pub use faults::injection::FAULT_HEADER;
pub use faults::latency::Latency;
pub use faults::target::Target;
pub use faults::when::When;
#[cfg(feature = "server")]
pub use server::http_server::{Builder, Emulator, EmulatorError};
pub use server::in_process::{ConnectionLost, InProcess};
pub use state::clock::{Clock, LAST_MOMENT, SpeedError};
pub use state::concurrent_edit::{Deed, Interference};
pub use state::emulator_state::{MAX_ORGANIZATIONS, MAX_SANDBOXES, World};
pub use state::organization::{MAX_INTERFERENCES, Organization};
pub use state::quirks::{Switch, SwitchError, Switches};
pub use state::request_log::{Call, Calls};
pub use state::settings::{AuthMode, Caller, Limits, SandboxSettings, Settings};
pub use state::snapshot::SnapshotError;
