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
//!     maxP95WaitSeconds: 60
//! deniedHosts: ["*.internal.example"]
//! requireDeployed: true
//! freezeWindows:
//!   - { from: 2026-11-26T00:00:00Z, to: 2026-11-30T00:00:00Z, reason: the busiest days of the year }
//! ```
//!
//! `*` matches any string, including slashes, in a rule and in a limit. A rule applies to a limit if one URL can match both, so a
//! wider limit does not escape a narrower rule. URLs and hosts are compared in their [normal form](crate::url_form). `maxCallsPerSecond` applies to capping; ratings are compared without
//! rounding. `maxThroughput` applies to throttling. A limit must satisfy every maximum that applies to it. `maxRejectedPerMinute`,
//! `maxP95WaitSeconds`, `maxDropped`, and `maxTimedOut` apply to the [effect](crate::TrafficEffect) of a change, which is computed from
//! the export that `observed` names.

mod check;
mod effect_check;
mod freeze_window;
mod glob;
mod maximum_rule;
mod parse;
pub(crate) mod schema_types;
#[cfg(test)]
mod tests;

pub use check::{POLICY_CODE, Policy};
pub use freeze_window::FreezeWindow;
