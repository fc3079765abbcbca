//! Policies: restrictions for limits files, and freeze windows.
//!
//! ```yaml
//! version: 1
//! maximums:
//!   - url: https://api.example.org/*
//!     maxCallsPerSecond: 500
//!     maxHttpConnections: 100
//!   - url: https://partner.example.com/*
//!     maxThroughput: 400
//! deniedHosts: ["*.internal.example"]
//! requireDeployed: true
//! freezeWindows:
//!   - { from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00Z, reason: the busiest days of the year }
//! ```
//!
//! `*` matches any string, including slashes. A limit's URL is matched literally, including its own `*`. Scheme and host are
//! case-insensitive, and a default port is ignored. `maxCallsPerSecond` applies to capping; ratings are compared without
//! rounding. `maxThroughput` applies to throttling. A limit must satisfy every maximum that matches its URL.

mod check;
mod freeze_window;
mod glob;
mod maximum_rule;
mod parse;
pub(crate) mod schema_types;
#[cfg(test)]
mod tests;

pub use check::{POLICY_CODE, Policy};
pub use freeze_window::FreezeWindow;
