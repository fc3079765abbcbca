//! Applies a plan: [`ServiceReader`] reads the service, and [`PlanExecutor`] makes the calls of the plan.

mod deploy_errors;
mod executor_state;
mod journaled_call;
mod plan_executor;
mod precondition;
mod redeploy;
mod service_reader;
mod service_writer;

pub use deploy_errors::deploy_errors;
pub use plan_executor::{ApplyObserver, PlanExecutor};
pub use service_reader::ServiceReader;
