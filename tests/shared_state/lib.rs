//! Local servers of S3 (moto) and Azure Blob Storage (azurite) for tests of shared state.
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

mod create_container;
mod http_request;
mod server;
mod store;

pub use store::Store;
