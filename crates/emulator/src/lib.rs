//! The capping and throttling service of Adobe Journey Optimizer, and the token host, on loopback.
//!
//! [`World`] is the service itself: `handle(request, now)` gives the response, with no sockets, no clock and no randomness
//! but through its parameters. [`Emulator`] puts it behind an HTTP server on one port of this machine, with the paths the
//! service has: `/journey/orchestration/…` and `/ims/token/v3`. A browser shows its page at `/`.
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

mod answer;
mod arrival;
mod clock;
mod config;
mod contract;
mod control;
mod delivery;
mod fault;
mod gateway;
mod gateway_error;
mod ims_refusal;
mod in_process;
mod interference;
mod journal;
mod judge;
mod organization;
mod overview;
mod page;
mod rfc3339;
mod route;
#[cfg(feature = "server")]
mod server;
mod service;
mod service_error;
mod settings;
mod shown;
mod snapshot;
mod strike;
mod switches;
mod token_host;
mod tokens;
mod unread;
mod world;

pub use arrival::Broken;
pub use clock::{Clock, LAST_MOMENT, SpeedError};
pub use control::{CONTROL_ROUTES, ControlRoute};
pub use delivery::{Delivery, Manner};
pub use fault::{Effect, FAULT_HEADER, Fault, FaultError, Latency, MAX_FAULTS, Target, When};
pub use gateway_error::GatewayError;
pub use ims_refusal::ImsRefusal;
pub use in_process::{ConnectionLost, InProcess};
pub use interference::{Deed, Interference};
pub use journal::{Call, Calls};
pub use judge::MAX_METHODS;
pub use organization::{MAX_INTERFERENCES, Organization};
#[cfg(feature = "server")]
pub use server::{Builder, Emulator, EmulatorError};
pub use service_error::ServiceError;
pub use settings::{AuthMode, Caller, Limits, SandboxSettings, Settings};
pub use snapshot::SnapshotError;
pub use switches::{Switch, SwitchError, Switches};
pub use world::{MAX_ORGANIZATIONS, MAX_SANDBOXES, World};
