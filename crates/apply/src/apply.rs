//! Applies a plan: [`ServiceReader`] reads the service, and [`PlanExecutor`] makes the calls of the plan.

mod deploy_errors;
mod executor_state;
mod existing_configs;
mod journaled_call;
mod late_request;
mod list_existing;
mod permit_write;
mod plan_executor;
mod precondition;
mod redeploy;
mod service_reader;
mod service_writer;
mod write_permit;

pub use deploy_errors::deploy_errors;
pub use late_request::LateRequest;
pub use plan_executor::{ApplyObserver, ApplyOutcome, PlanExecutor};
pub use service_reader::ServiceReader;
