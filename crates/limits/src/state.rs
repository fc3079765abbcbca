//! The state file: which configurations are managed, and how the last apply left them.

mod limits_state;
mod managed_config;

pub use limits_state::{LimitsState, LimitsStateError, STATE_VERSION};
pub use managed_config::ManagedConfig;
