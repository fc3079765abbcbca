//! The state file: which configurations are managed, and how the last apply left them.

mod managed_config;
mod state_file;

pub use managed_config::Owned;
pub use state_file::{LEDGER_VERSION, Ledger, LedgerError};
