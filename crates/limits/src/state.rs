//! The state: which configurations are managed, and how the last apply left them.

mod limits_state;
mod managed_config;
mod state_location;

pub use limits_state::{LimitsState, LimitsStateError, STATE_VERSION};
pub use managed_config::ManagedConfig;
pub use state_location::{BucketProvider, BucketUrl, StateLocation, StateLocationError};
