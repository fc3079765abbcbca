//! Compares the desired configurations, the service, and the state file, and plans the calls.
//!
//! [`planner`] decides on each configuration: create, update, conflict, and so on. [`config_change`] derives the calls from a
//! decision, [`schedule`] orders them, and [`blocker`] lists the reasons that prevent an apply.

mod blocker;
mod change_effects;
mod config_change;
mod config_definition;
mod config_key;
mod definition_fields;
mod deploy_state;
mod digest;
mod field_diff;
mod known_secrets;
mod observation;
mod observed_limits;
mod plan_options;
mod planner;
mod replacement;
mod sandbox_plan;
mod schedule;
mod unknown_fields;

pub use blocker::{BlockReason, Blocker, ConfigSummary};
pub use change_effects::DEFAULT_CAP_APPLIES;
pub use config_change::{Action, ChangeReason, ConfigChange};
pub use config_definition::{ConfigDefinition, IncompleteDefinition};
pub use config_key::ConfigKey;
pub(crate) use definition_fields::{
    DefinitionFields, FieldValue, ORG_ID, first_mistyped, ordered_fields, request_body_schema, response_schema,
};
pub use deploy_state::{DeployState, LiveState};
pub use digest::{Digest, DigestError};
pub use field_diff::FieldDiff;
pub(crate) use field_diff::diff_definitions;
pub use known_secrets::KnownSecrets;
pub use observation::{NormalizedConfig, NotGivenConfig, UnknownFields};
pub use observed_limits::{ObservedConfig, ObservedLimits};
pub use plan_options::{DEFAULT_DELETE_PERCENT, PlanOptions};
pub use planner::{match_configs, plan};
pub use replacement::UnclearReplacement;
pub use sandbox_plan::{Plan, UnmanagedCount};
pub use schedule::{PlanPhase, PlanTask};
