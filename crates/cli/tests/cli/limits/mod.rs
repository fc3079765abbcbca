//! Limits as code.

mod commands;
mod crashes;
mod edge_cases;
mod exit_codes;
mod findings;
pub(crate) mod fixture;
mod plan_file;
#[cfg(unix)]
mod special_files;
mod workflow;
