//! The capping and throttling service of Adobe Journey Optimizer, and the token host, on loopback.
//!
//! [`World`] is the service itself: `handle(request, now)` gives the response, with no sockets, no clock and no randomness
//! but through its parameters. [`Emulator`] puts it behind an HTTP server on one port of this machine, with the paths the
//! service has: `/journey/orchestration/…` and `/ims/token/v3`.
//!
//! Nobody here can call the real service. What the emulator does is documented by Adobe where the code does not say
//! otherwise; every guess is marked *inferred* at the place where it is made.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ajo_emulator::Emulator;
//!
//! let emulator = Emulator::start().await?;
//! println!("{} {}", emulator.base_url(), emulator.ims_url());
//! // It stops when dropped.
//! # Ok(())
//! # }
//! ```

mod answer;
mod config;
mod gateway;
mod gateway_error;
mod organization;
mod route;
mod server;
mod service;
mod settings;
mod token_host;
mod world;

pub use gateway_error::GatewayError;
pub use server::{Builder, Emulator, EmulatorError};
pub use settings::{Caller, SandboxSettings, Settings};
pub use world::World;
