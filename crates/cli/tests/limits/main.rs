//! Limits as code, by the built command.

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod crashes;
mod exits;
mod odd;
mod page;
mod site;
mod workflow;
