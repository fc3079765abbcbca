//! Limits as code.

mod accept;
mod baselines;
mod commands;
mod crashes;
mod drift;
mod edge_cases;
mod exit_codes;
mod explain;
mod findings;
pub(crate) mod fixture;
mod identity;
mod plan_file;
#[cfg(unix)]
mod secrets;
mod special_files;
mod traffic_effect;
mod workflows;
mod wrong_lists;
