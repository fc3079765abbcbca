//! Counts of calls.

use std::ops::AddAssign;

use serde::Serialize;

/// Counts of calls. Each offered call has one outcome: `offered` is the sum of `succeeded`, `failed`, `rejected`, `dropped`,
/// `timed_out`, and the calls in progress. In the end, no call is in progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCounts {
    /// Calls by journeys, without retries.
    pub offered: u64,
    /// Requests sent to the endpoint, with retries. Each uses one slot of every limit.
    pub sent: u64,
    /// Retries among the requests sent.
    pub retried: u64,
    /// Calls that waited in the throttling queue.
    pub throttled: u64,
    /// Calls that succeeded, possibly after retries.
    pub succeeded: u64,
    /// Calls whose last request failed.
    pub failed: u64,
    /// Calls that a cap rejected, at the first attempt or at a retry.
    pub rejected: u64,
    /// Calls that waited 6 hours in the throttling queue.
    pub dropped: u64,
    /// Calls that took longer than the timeout.
    pub timed_out: u64,
}

impl CallCounts {
    /// The number of calls that have ended.
    pub const fn ended(&self) -> u64 {
        self.succeeded + self.failed + self.rejected + self.dropped + self.timed_out
    }
}

impl AddAssign for CallCounts {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.sent += other.sent;
        self.retried += other.retried;
        self.throttled += other.throttled;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.rejected += other.rejected;
        self.dropped += other.dropped;
        self.timed_out += other.timed_out;
    }
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Succeeded,
    Failed,
    Rejected,
    Dropped,
    TimedOut,
}

impl CallCounts {
    pub(crate) const fn outcome_mut(&mut self, outcome: CallOutcome) -> &mut u64 {
        match outcome {
            CallOutcome::Succeeded => &mut self.succeeded,
            CallOutcome::Failed => &mut self.failed,
            CallOutcome::Rejected => &mut self.rejected,
            CallOutcome::Dropped => &mut self.dropped,
            CallOutcome::TimedOut => &mut self.timed_out,
        }
    }
}
