//! Suites that need several crates. Each folder has a README.

mod auth;
mod conformance;
mod docs;
mod emulator;
mod limits;
mod properties;
mod requests;
mod retries;
