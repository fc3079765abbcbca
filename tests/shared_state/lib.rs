//! Local servers of S3 (moto) and Azure Blob Storage (azurite), and a service that records its requests, for tests of shared
//! state.
//!
//! ```no_run
//! use ajo_shared_state_tests::Store;
//!
//! # fn test() {
//! let Some(store) = Store::start_moto() else { return };
//! let bucket = store.create_bucket(); // A new bucket: s3://ajo-1f3e…
//! let mut ajo = std::process::Command::new("ajo");
//! ajo.args(["state", "init", "--state", &format!("{bucket}/team")]).envs(store.variables());
//! # }
//! ```

#![expect(clippy::missing_panics_doc, reason = "a test helper panics to fail the test")]

mod create_container;
pub mod history;
mod http_request;
mod limits_files;
mod random_run;
mod recorded_bucket;
pub mod recording;
mod server;
mod store;
mod test_service;

pub use limits_files::{Limit, SandboxLimits};
pub use random_run::{RandomRun, RunnerPlan, RunnerResult, run_seeds};
pub use recorded_bucket::RecordedBucket;
pub use store::Store;
pub use test_service::{SANDBOXES, TestService};
