//! Tests that run the built command.

mod auth;
mod broken_environments;
mod command;
mod docs;
mod doctor;
mod emulator;
mod endless_responses;
mod limits;
mod output;
mod resource;
mod simulate;
mod snapshots;
mod support;
