//! The suites that cross crates; each folder has a README.

mod auth;
mod conformance;
mod docs;
mod emulator;
mod limits;
mod properties;
mod requests;
mod retries;
