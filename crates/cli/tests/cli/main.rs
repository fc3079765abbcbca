//! The built command.

mod auth;
mod command;
mod doctor;
mod emulator;
mod limits;
mod pages;
mod simulate;
mod snapshots;
mod support;
