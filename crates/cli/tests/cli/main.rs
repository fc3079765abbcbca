//! Tests that run the built command.

mod api;
mod auth;
mod broken_environments;
mod command;
mod docs;
mod doctor;
mod emulator;
mod fake_server;
mod limits;
mod output;
#[cfg(unix)]
mod pipe;
mod resource;
mod simulate;
mod size;
mod snapshots;
mod state;
mod support;
