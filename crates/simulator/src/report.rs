//! The result of a simulation.

use std::ops::AddAssign;

use serde::Serialize;

use crate::assumption::Assumption;
use crate::configured_limits::Service;
use crate::endpoint::Endpoint;
use crate::limit::Limit;
use crate::window::Window;

/// Lengths of an interval that people can read, in seconds; longer ones are whole hours.
const INTERVALS: [usize; 14] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];

/// What became of the calls, second by second and in all. Its JSON form is stable while `version` is the same.
///
/// ```
/// use ajo_simulator::{Assumption, Basis, LONGEST_QUEUE_MS, Limits, Report, Row, Scenario, Totals, simulate};
///
/// let throttling = serde_json::json!({
///     "name": "partner-api", "urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 200
/// });
/// let report: Report = simulate(&Scenario::new("400x10".parse()?, Limits::of(None, &[throttling])?));
/// let Totals { offered, allowed, served_from_queue, .. } = report.totals;
/// assert_eq!((offered, allowed), (4000, 4000));
/// assert!(served_from_queue > 0 && report.longest_wait_ms < LONGEST_QUEUE_MS);
/// assert_eq!(report.totals.at_endpoint(), allowed + report.totals.retries);
/// let row: &Row = &report.rows[9];
/// assert_eq!((row.second, row.queued), (9, report.longest_queue));
///
/// // The same in fewer rows, for people.
/// assert_eq!(report.clone().in_rows(2).rows.len(), 2);
///
/// // What it rests on, and where that is known from.
/// let documented = |it: &&Assumption| it.basis == Basis::Documented;
/// assert!(report.assumptions.iter().any(|it| documented(&it)) && !report.assumptions.iter().all(|it| documented(&it)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Of the JSON form.
    pub version: u32,
    /// What called the endpoint.
    pub service: Service,
    /// How calls were counted.
    pub window: Window,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The journeys' timeout.
    pub timeout_seconds: u64,
    /// The seed of random failures.
    pub seed: u64,
    /// The limits on the way, in this order.
    pub limits: Vec<Limit>,
    /// What the result assumes.
    pub assumptions: Vec<Assumption>,
    /// All calls together.
    pub totals: Totals,
    /// The most calls that waited at the end of a second.
    pub longest_queue: u64,
    /// The longest that a call waited before it was made, in milliseconds.
    pub longest_wait_ms: u64,
    /// The most calls and retries that the endpoint got in one second.
    pub peak_per_second: u64,
    /// The length of each row, in seconds.
    pub interval_seconds: usize,
    /// What happened, until every call had ended.
    pub rows: Vec<Row>,
}

/// What happened in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its first second.
    pub second: usize,
    /// How many calls waited at its end.
    pub queued: u64,
    /// What was counted in it.
    #[serde(flatten)]
    pub counts: Totals,
}

/// Counts of calls. `offered` is `allowed`, `rejected`, `expired` and those that still wait; `allowed` is `succeeded`,
/// `failed`, `timed_out` and those that are still at the endpoint. When everything has ended, none wait and none are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Calls that journeys made, retries not counted.
    pub offered: u64,
    /// Those that were let through, at once or from the queue.
    pub allowed: u64,
    /// Those of them that had waited.
    pub served_from_queue: u64,
    /// Calls that a capping limit rejected.
    pub rejected: u64,
    /// Calls that left the queue after 6 hours without having been made.
    pub expired: u64,
    /// Retries that were made, each with a slot of its own.
    pub retries: u64,
    /// Retries for which there was no slot.
    pub retries_rejected: u64,
    /// Calls that succeeded, at once or after retries.
    pub succeeded: u64,
    /// Calls that were made and failed in the end.
    pub failed: u64,
    /// Calls that were made and took longer than the timeout.
    pub timed_out: u64,
}

impl Totals {
    /// What reached the endpoint, and so used a slot.
    pub const fn at_endpoint(&self) -> u64 {
        self.allowed + self.retries
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.allowed += other.allowed;
        self.served_from_queue += other.served_from_queue;
        self.rejected += other.rejected;
        self.expired += other.expired;
        self.retries += other.retries;
        self.retries_rejected += other.retries_rejected;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.timed_out += other.timed_out;
    }
}

impl Report {
    /// The same with at most so many rows, of longer intervals.
    #[must_use]
    pub fn in_rows(mut self, most: usize) -> Self {
        let seconds = self.rows.len() * self.interval_seconds;
        let enough = |interval: &usize| seconds.div_ceil(*interval) <= most.max(1);
        let hours = || seconds.div_ceil(most.max(1)).div_ceil(3600) * 3600;
        let interval = INTERVALS.into_iter().find(enough).unwrap_or_else(hours).max(self.interval_seconds);
        let together = interval.div_ceil(self.interval_seconds).max(1);
        self.rows = self.rows.chunks(together).map(joined).collect();
        self.interval_seconds *= together;
        self
    }
}

fn joined(rows: &[Row]) -> Row {
    let mut joined =
        Row { queued: rows.last().map_or(0, |row| row.queued), ..rows.first().copied().unwrap_or_default() };
    for row in rows.iter().skip(1) {
        joined.counts += row.counts;
    }
    joined
}

#[cfg(test)]
mod tests {
    use crate::{Limits, Scenario, simulate};

    #[test]
    fn longer_intervals_hold_the_same_calls() {
        let report = simulate(&Scenario::new("ramp:1-100x7201".parse().expect("a pattern"), Limits::default()));
        for (most, interval, rows) in [(10_000, 1, 7202), (7201, 2, 3601), (30, 300, 25), (2, 7200, 2), (0, 10_800, 1)]
        {
            let condensed = report.clone().in_rows(most);
            assert_eq!((condensed.interval_seconds, condensed.rows.len()), (interval, rows), "{most}");
            assert_eq!(condensed.rows.iter().map(|row| row.counts.offered).sum::<u64>(), report.totals.offered);
            assert!(condensed.rows.iter().enumerate().all(|(index, row)| row.second == index * interval));
        }
        let twice = report.clone().in_rows(300).in_rows(30);
        assert_eq!(twice.interval_seconds, 300);
    }
}
