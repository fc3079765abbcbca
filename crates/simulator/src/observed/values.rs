//! The values of a row.

use std::ops::AddAssign;

use serde::Serialize;

/// Maximum calls per minute: five times the documented maximum of Read Audience (20,000 per second).
pub const MAX_OBSERVED_CALLS: u64 = 6_000_000;

/// Counts of calls. Inferred: each call of a journey is counted once, not each retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ObservedCalls {
    #[serde(rename = "TOTAL_CALLS")]
    pub total: u64,
    #[serde(rename = "SUCCESSFUL_CALLS")]
    pub successful: u64,
    #[serde(rename = "4xx_ERRORS")]
    pub errors_4xx: u64,
    #[serde(rename = "5xx_ERRORS")]
    pub errors_5xx: u64,
    #[serde(rename = "TIMEOUTS")]
    pub timeouts: u64,
    /// Calls that a capping limit rejected.
    #[serde(rename = "CAPPED_CALLS")]
    pub capped: u64,
}

impl AddAssign for ObservedCalls {
    fn add_assign(&mut self, other: Self) {
        self.total += other.total;
        self.successful += other.successful;
        self.errors_4xx += other.errors_4xx;
        self.errors_5xx += other.errors_5xx;
        self.timeouts += other.timeouts;
        self.capped += other.capped;
    }
}

/// Percentiles of the latency in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObservedLatency {
    pub successful: u64,
    /// p50, p95, p99, and p99.9. `None` without successful calls.
    pub percentiles: Option<[f64; 4]>,
}

/// Percentiles of the time in the throttling queue, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObservedQueue {
    /// Calls that waited.
    pub throttled: u64,
    /// p50 and p95. `None` if no call waited.
    pub percentiles: Option<[f64; 2]>,
}
