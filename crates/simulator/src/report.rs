//! The result of a simulation.

use std::ops::AddAssign;

use serde::Serialize;

use crate::assumption::Assumption;
use crate::configured_limits::ServiceType;
use crate::limit::Limit;
use crate::simulated_endpoint::SimulatedEndpoint;
use crate::window::WindowKind;

/// Readable interval lengths, in seconds; longer intervals are whole hours.
const INTERVALS: [usize; 14] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];

/// The outcome of the calls, per second and in total. The JSON format is stable for a given `version`.
///
/// ```
/// use ajo_simulator::{Assumption, Provenance, MAX_QUEUE_MS, ConfiguredLimits, SimulationReport, ReportRow, Scenario, CallCounts, simulate};
///
/// let throttling = serde_json::json!({
///     "name": "partner-api", "urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 200
/// });
/// let report: SimulationReport = simulate(&Scenario::new("400x10".parse()?, ConfiguredLimits::from_definitions(None, &[throttling])?));
/// let CallCounts { offered, allowed, served_from_queue, .. } = report.totals;
/// assert_eq!((offered, allowed), (4000, 4000));
/// assert!(served_from_queue > 0 && report.longest_wait_ms < MAX_QUEUE_MS);
/// assert_eq!(report.totals.endpoint_calls(), allowed + report.totals.retries);
/// let row: &ReportRow = &report.rows[9];
/// assert_eq!((row.second, row.queued), (9, report.longest_queue));
///
/// // Fewer rows, for people.
/// assert_eq!(report.clone().with_max_rows(2).rows.len(), 2);
///
/// // The assumptions and their sources.
/// let documented = |it: &&Assumption| it.provenance == Provenance::Documented;
/// assert!(report.assumptions.iter().any(|it| documented(&it)) && !report.assumptions.iter().all(|it| documented(&it)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulationReport {
    /// The version of the JSON format.
    pub version: u32,
    /// The kind of caller.
    pub service: ServiceType,
    pub window: WindowKind,
    pub endpoint: SimulatedEndpoint,
    pub timeout_seconds: u64,
    pub seed: u64,
    /// The limits that applied, in order.
    pub limits: Vec<Limit>,
    pub assumptions: Vec<Assumption>,
    /// The sum of all rows.
    pub totals: CallCounts,
    /// Maximum number of waiting calls at the end of a second.
    pub longest_queue: u64,
    /// Maximum waiting time of a call that was served, in milliseconds.
    pub longest_wait_ms: u64,
    /// Maximum number of calls and retries to the endpoint in one second.
    pub peak_per_second: u64,
    pub interval_seconds: usize,
    /// One row per interval, until every call had ended.
    pub rows: Vec<ReportRow>,
}

/// The counts of one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    /// The first second of the interval.
    pub second: usize,
    /// The number of waiting calls at the end of the interval.
    pub queued: u64,
    #[serde(flatten)]
    pub counts: CallCounts,
}

/// Counts of calls. `offered` is the sum of `allowed`, `rejected`, `expired` and the calls still waiting. `allowed` is the sum
/// of `succeeded`, `failed`, `timed_out` and the calls still at the endpoint. In the end, no calls wait or are at the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCounts {
    /// Calls by journeys, without retries.
    pub offered: u64,
    /// Calls let through, at once or from the queue.
    pub allowed: u64,
    /// Allowed calls that had waited.
    pub served_from_queue: u64,
    /// Calls rejected by a capping limit.
    pub rejected: u64,
    /// Calls dropped after waiting 6 hours.
    pub expired: u64,
    /// Retries made; each uses a slot.
    pub retries: u64,
    /// Retries rejected for lack of a slot.
    pub retries_rejected: u64,
    /// Calls that succeeded, possibly after retries.
    pub succeeded: u64,
    /// Allowed calls that failed in the end.
    pub failed: u64,
    /// Allowed calls that took longer than the timeout.
    pub timed_out: u64,
}

impl CallCounts {
    /// The number of calls to the endpoint, each using a slot.
    pub const fn endpoint_calls(&self) -> u64 {
        self.allowed + self.retries
    }
}

impl AddAssign for CallCounts {
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

impl SimulationReport {
    /// Merges rows into longer intervals until at most `max_rows` remain.
    #[must_use]
    pub fn with_max_rows(mut self, max_rows: usize) -> Self {
        let seconds = self.rows.len() * self.interval_seconds;
        let enough = |interval: &usize| seconds.div_ceil(*interval) <= max_rows.max(1);
        let hours = || seconds.div_ceil(max_rows.max(1)).div_ceil(3600) * 3600;
        let interval = INTERVALS.into_iter().find(enough).unwrap_or_else(hours).max(self.interval_seconds);
        let factor = interval.div_ceil(self.interval_seconds).max(1);
        self.rows = self.rows.chunks(factor).map(merge_rows).collect();
        self.interval_seconds *= factor;
        self
    }
}

fn merge_rows(rows: &[ReportRow]) -> ReportRow {
    let mut joined =
        ReportRow { queued: rows.last().map_or(0, |row| row.queued), ..rows.first().copied().unwrap_or_default() };
    for row in rows.iter().skip(1) {
        joined.counts += row.counts;
    }
    joined
}

#[cfg(test)]
mod tests {
    use crate::{ConfiguredLimits, Scenario, simulate};

    #[test]
    fn merged_rows_keep_totals() {
        let report =
            simulate(&Scenario::new("ramp:1-100x7201".parse().expect("a pattern"), ConfiguredLimits::default()));
        for (max_rows, interval, rows) in
            [(10_000, 1, 7202), (7201, 2, 3601), (30, 300, 25), (2, 7200, 2), (0, 10_800, 1)]
        {
            let condensed = report.clone().with_max_rows(max_rows);
            assert_eq!((condensed.interval_seconds, condensed.rows.len()), (interval, rows), "{max_rows}");
            assert_eq!(condensed.rows.iter().map(|row| row.counts.offered).sum::<u64>(), report.totals.offered);
            assert!(condensed.rows.iter().enumerate().all(|(index, row)| row.second == index * interval));
        }
        let twice = report.clone().with_max_rows(300).with_max_rows(30);
        assert_eq!(twice.interval_seconds, 300);
    }
}
