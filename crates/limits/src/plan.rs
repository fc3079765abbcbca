//! Compares the desired configurations, the service, and the state file, and plans the calls.
//!
//! [`planner`] decides on each configuration: create, update, conflict, and so on. [`change`] derives the calls from a decision,
//! [`schedule`] orders them, and [`blocker`] has the reasons that keep a plan from being applied.

mod blocker;
mod change;
mod definition;
mod deploy_state;
mod digest;
mod drift;
mod fields;
mod key;
mod observed;
mod options;
mod planner;
mod sandbox_plan;
mod schedule;
mod unknown_fields;

pub use blocker::{Candidate, Refusal, Why};
pub(crate) use change::edits;
pub use change::{Cause, Change, Edit, Kind};
pub use definition::{Definition, Unsendable};
pub use deploy_state::{InForce, Standing};
pub use digest::Digest;
pub use drift::{Deployed, Drift, drift};
pub(crate) use fields::{FieldValue, Fields, ORG_ID, first_mistyped, ordered, schema_of};
pub use key::Key;
pub use observed::{Found, Observed};
pub use options::{DELETE_SHARE, Options};
pub use planner::{meant, plan};
pub use sandbox_plan::Plan;
pub use schedule::{Phase, Task};
