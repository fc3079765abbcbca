//! Limits as code, by the built command.

mod commands;
mod crashes;
mod edge_cases;
mod exit_codes;
pub(crate) mod fixture;
mod workflow;
