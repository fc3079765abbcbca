//! The state of the emulated service, in memory. It does no I/O.

pub(crate) mod clock;
pub(crate) mod concurrent_edit;
pub(crate) mod config;
pub(crate) mod definition;
pub(crate) mod emulator_state;
pub(crate) mod organization;
pub(crate) mod quirks;
pub(crate) mod request_log;
mod rfc3339;
pub(crate) mod settings;
pub(crate) mod snapshot;
pub(crate) mod store;
pub(crate) mod tokens;
