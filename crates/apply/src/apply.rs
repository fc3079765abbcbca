//! Applies a plan: [`Reader`] reads the service, [`Apply`] makes the calls of the plan.

mod deploy_errors;
mod reader;
mod run;
mod writer;

pub use deploy_errors::objections;
pub use reader::Reader;
pub use run::{Apply, Watch};
