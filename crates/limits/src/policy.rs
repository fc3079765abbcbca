//! A policy: what no limits file may say, and when nothing may be changed.
//!
//! ```yaml
//! version: 1
//! ceilings:
//!   - url: https://api.example.org/*
//!     maxCallsPerSecond: 500
//!     maxHttpConnections: 100
//!   - url: https://partner.example.com/*
//!     maxThroughput: 400
//! forbiddenHosts: ["*.internal.example"]
//! mustBeDeployed: true
//! freezeWindows:
//!   - { from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00Z, reason: the busiest days of the year }
//! ```
//!
//! `*` stands for any text, also for slashes. A URL is compared as the limit has it, with its own `*`; letters of scheme and host
//! are alike in both cases, and the port that the scheme implies is left out. `maxCallsPerSecond` is for capping: a rating is
//! turned into calls per second without rounding. `maxThroughput` is for throttling. A limit of a URL must obey every ceiling
//! for it.

mod ceiling;
mod check;
mod freeze;
mod glob;
mod parse;
pub(crate) mod schema_types;
#[cfg(test)]
mod tests;

pub use check::{POLICY_CODE, Policy};
pub use freeze::Freeze;
