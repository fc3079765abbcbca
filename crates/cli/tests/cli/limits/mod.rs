//! Limits as code.

mod commands;
mod crashes;
mod drift;
mod edge_cases;
mod exit_codes;
pub(crate) mod fixture;
mod plan_file;
#[cfg(unix)]
mod special_files;
mod workflow;
