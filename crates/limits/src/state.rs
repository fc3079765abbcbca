//! The state: which configurations are managed, and how the last apply left them.

mod late_create;
mod late_creates;
mod limits_state;
mod managed_config;
mod state_edit;
mod state_location;
mod state_parts;
mod state_serials;
mod state_set;

pub use late_create::LateCreate;
pub use limits_state::{LimitsState, LimitsStateError, STATE_VERSION};
pub use managed_config::ManagedConfig;
pub use state_edit::relative_path;
pub use state_location::{BucketProvider, BucketUrl, StateLocation, StateLocationError};
pub use state_parts::SetOrder;
pub use state_serials::StateSerials;
pub use state_set::StateSet;
