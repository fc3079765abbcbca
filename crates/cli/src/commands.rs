//! One module for each subcommand.

pub(crate) mod auth;
pub(crate) mod configs;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod limits;
pub(crate) mod simulate;
pub(crate) mod story;
