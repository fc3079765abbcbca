//! The values of a row.

/// Maximum calls per minute: five times the documented maximum of Read Audience (20,000 per second).
pub const MAX_OBSERVED_CALLS: u64 = 6_000_000;

/// Counts of calls. Inferred: each call of a journey is counted once, not each retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObservedCalls {
    pub total: u64,
    pub successful: u64,
    pub errors_4xx: u64,
    pub errors_5xx: u64,
    pub timeouts: u64,
    /// Calls that a capping limit rejected.
    pub capped: u64,
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
