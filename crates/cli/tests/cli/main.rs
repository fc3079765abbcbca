//! Tests that run the built command.

mod api;
mod auth;
mod broken_environments;
#[cfg(target_os = "linux")]
mod color;
mod command;
#[cfg(target_os = "linux")]
mod confirm;
mod docs;
mod doctor;
mod emulator;
mod fake_server;
mod fmt;
mod help;
mod init;
mod jq;
mod limit_paths;
mod limits;
#[cfg(target_os = "linux")]
mod list;
mod mcp;
mod output;
#[cfg(unix)]
mod pipe;
#[cfg(target_os = "linux")]
mod printed_once;
#[cfg(target_os = "linux")]
mod progress_bar;
#[cfg(target_os = "linux")]
mod pseudo_terminal;
mod request_log;
mod resource;
mod simulate;
mod size;
mod snapshots;
mod state;
mod support;
