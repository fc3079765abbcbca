//! Tests of the emulator: in process, and over HTTP with the feature `server`.

#[cfg(feature = "server")]
mod conformance;
#[cfg(feature = "server")]
mod connections;
mod contract;
mod control_api;
mod error_codes;
mod fidelity;
#[cfg(feature = "server")]
mod host_checks;
mod life_cycle;
mod limits;
mod platform;
mod quirks;
mod scenarios;
mod simulate;
mod snapshots;
mod support;
mod token_requests;
