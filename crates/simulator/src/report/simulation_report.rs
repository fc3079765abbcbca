//! The result of a simulation.

use serde::Serialize;

use crate::assumptions::assumption::Assumption;
use crate::endpoint::simulated_endpoint::SimulatedEndpoint;
use crate::limits::configured_limits::ServiceType;
use crate::limits::connections::Connections;
use crate::limits::limit::Limit;
use crate::limits::window_kind::WindowKind;
use crate::report::adobe_metrics::AdobeMetrics;
use crate::report::call_counts::CallCounts;
use crate::report::percentiles::Percentiles;
use crate::simulation_mode::SimulationMode;
use crate::traffic::arrivals::Arrivals;

/// Readable interval lengths, in seconds; longer intervals are whole hours.
const INTERVALS: [usize; 14] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];

/// The outcome of the calls, per second and in total. The JSON format is stable for a given `version`.
///
/// ```
/// use ajo_simulator::{
///     CallCounts, ConfiguredLimits, ConnectionUse, ConnectionsSource, Limit, LimitName, LimitUse, OverLimit, Percentiles,
///     QueueUse, ReportRow, Scenario, SimulationMode, SimulationReport, simulate,
/// };
/// use serde_json::json;
///
/// let throttling = json!({"urlPattern": "https://api.example.org/*", "methods": ["POST"], "maxThroughput": 400});
/// let limits = ConfiguredLimits::from_definitions(None, &[throttling])?;
/// // After 60 s, 36,000 calls wait, the last one for 90 s.
/// let scenario = Scenario::new("1000x60,0x90".parse()?, limits);
/// let report: SimulationReport = simulate(&scenario, SimulationMode::Exact)?;
///
/// let LimitUse { limit, exceeded, utilization } = &report.limits[0];
/// let Limit { name, over_limit, .. } = limit;
/// assert_eq!((*name, *over_limit), (LimitName::Throttling, OverLimit::Queued));
/// assert!(*exceeded > 59_000 && *utilization > 0.99);
/// let ConnectionUse { connections, .. } = report.connections.unwrap();
/// assert_eq!((connections.count, connections.source), (50, ConnectionsSource::ThrottlingEstimate));
/// let QueueUse { longest, first_drop_ms, empty_ms } = report.queue;
/// assert_eq!((longest, first_drop_ms, empty_ms.map(|at| at / 1000)), (36_000, None, Some(149)));
/// let Percentiles { p95, max, .. } = report.throttling_wait;
/// assert!(p95 < max && max < 90_000.0);
/// let CallCounts { offered, succeeded, .. } = report.totals;
/// assert_eq!((offered, succeeded), (60_000, 60_000));
/// // Rows of 15 s, for a table.
/// let ReportRow { second, counts, waiting } = report.with_max_rows(10).rows[1];
/// assert_eq!((second, counts.sent, waiting), (15, 6000, 18_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulationReport {
    /// The version of the JSON format.
    pub version: u32,
    pub mode: SimulationMode,
    /// The kind of caller.
    pub service: ServiceType,
    pub window: WindowKind,
    pub arrivals: Arrivals,
    pub endpoint: SimulatedEndpoint,
    pub timeout_seconds: u64,
    pub retry_delay_ms: u64,
    pub seed: u64,
    /// The limits that applied, in order.
    pub limits: Vec<LimitUse>,
    /// `None`: no limit.
    pub connections: Option<ConnectionUse>,
    /// The busy share of the endpoint's capacity until the last call ended, from 0 to 1; `None` without a capacity.
    pub endpoint_utilization: Option<f64>,
    pub assumptions: Vec<Assumption>,
    /// The sum of all rows.
    pub totals: CallCounts,
    /// The outcomes of each journey, if there are several. Exact mode only.
    pub journeys: Vec<JourneyCounts>,
    /// Time in the throttling queue, of calls that left it for the endpoint. Calls that did not wait count as 0. Empty without
    /// throttling.
    pub throttling_wait: Percentiles,
    /// Time until a connection was free, of requests sent.
    pub connection_wait: Percentiles,
    /// Time from sending to the response, of requests that succeeded.
    pub latency: Percentiles,
    pub queue: QueueUse,
    /// The totals in the terms of Adobe's queries.
    pub adobe: AdobeMetrics,
    /// Maximum number of requests sent in one second.
    pub peak_per_second: u64,
    pub interval_seconds: usize,
    /// One row per interval, until every call had ended.
    pub rows: Vec<ReportRow>,
}

/// A limit, and its use.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitUse {
    #[serde(flatten)]
    pub limit: Limit,
    /// Calls that this limit rejected or queued.
    pub exceeded: u64,
    /// The used share of the slots until the last call ended, and at least of one period, from 0 to 1.
    pub utilization: f64,
}

/// The connections, and their use.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionUse {
    #[serde(flatten)]
    pub connections: Connections,
    /// Requests that waited for a connection or were rejected for lack of one.
    pub exceeded: u64,
    /// The busy share until the last call ended, from 0 to 1.
    pub utilization: f64,
}

/// The use of the throttling queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueUse {
    /// Maximum number of waiting calls at the end of a second.
    pub longest: u64,
    /// The time at which the first call was dropped, in milliseconds from the start.
    pub first_drop_ms: Option<u64>,
    /// The time at which the last waiting call left, in milliseconds from the start.
    pub empty_ms: Option<u64>,
}

/// The outcomes of one journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JourneyCounts {
    pub name: String,
    #[serde(flatten)]
    pub counts: CallCounts,
}

/// The counts of one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportRow {
    /// The first second of the interval.
    pub second: usize,
    /// The number of waiting calls at the end of the interval.
    pub waiting: u64,
    #[serde(flatten)]
    pub counts: CallCounts,
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
        ReportRow { waiting: rows.last().map_or(0, |row| row.waiting), ..rows.first().copied().unwrap_or_default() };
    for row in rows.iter().skip(1) {
        joined.counts += row.counts;
    }
    joined
}
