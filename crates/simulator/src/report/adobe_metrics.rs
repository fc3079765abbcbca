//! A report in the terms of Adobe's queries.

use serde::Serialize;

use crate::endpoint::simulated_endpoint::SimulatedEndpoint;
use crate::report::call_counts::CallCounts;
use crate::report::percentiles::Percentiles;

/// The columns of Adobe's queries about custom actions, for all calls of a simulation. Compare them with an export. Source: `reports/query-examples.md`.
///
/// The queries count step events. Inferred: each call has one step event, which describes its end, so retries are not counted; a
/// dropped call has no start time and is not counted; a call that got no connection counts as capped or as a timeout.
///
/// ```
/// use ajo_simulator::{AdobeMetrics, ConfiguredLimits, Scenario, SimulationMode, simulate};
///
/// // 20 % of the calls are over the default cap of 300,000 per minute.
/// let scenario = Scenario::new("6250x60".parse()?, ConfiguredLimits::default());
/// let adobe: AdobeMetrics = simulate(&scenario, SimulationMode::Exact)?.adobe;
/// assert_eq!((adobe.total_calls, adobe.successful_calls, adobe.capped_calls), (375_000, 300_000, 75_000));
/// assert_eq!(serde_json::to_value(&adobe)?["P95_LATENCY_MS"], 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct AdobeMetrics {
    /// Calls that ended, without dropped calls.
    pub total_calls: u64,
    pub successful_calls: u64,
    /// Calls that failed with a status from 400 to 499.
    #[serde(rename = "4xx_ERRORS")]
    pub client_errors: u64,
    /// Calls that failed with a status from 500 to 599.
    #[serde(rename = "5xx_ERRORS")]
    pub server_errors: u64,
    pub timeouts: u64,
    /// Rejected calls.
    pub capped_calls: u64,
    /// Calls sent, divided by the number of seconds in which at least one call was sent.
    pub throughput_rps: u64,
    /// Response times of successful calls (inferred: of the last attempt); `None` without such calls. Whole milliseconds, as in
    /// the queries.
    #[serde(rename = "P50_LATENCY_MS")]
    pub p50_latency_ms: Option<u64>,
    #[serde(rename = "P95_LATENCY_MS")]
    pub p95_latency_ms: Option<u64>,
    #[serde(rename = "P99_LATENCY_MS")]
    pub p99_latency_ms: Option<u64>,
    #[serde(rename = "P999_LATENCY_MS")]
    pub p999_latency_ms: Option<u64>,
    /// Calls that waited in the throttling queue and left it for the endpoint.
    pub throttled_calls: u64,
    /// Queue times of throttled calls; `None` without such calls.
    #[serde(rename = "P50_QUEUE_TIME_MS")]
    pub p50_queue_time_ms: Option<u64>,
    #[serde(rename = "P95_QUEUE_TIME_MS")]
    pub p95_queue_time_ms: Option<u64>,
}

impl AdobeMetrics {
    /// `seconds` is the number of seconds in which at least one call was sent. `queue_times` has only calls that waited.
    pub(crate) fn new(
        endpoint: &SimulatedEndpoint,
        totals: &CallCounts,
        seconds: u64,
        latency: &Percentiles,
        queue_times: &Percentiles,
    ) -> Self {
        let is_client_error = endpoint.failure_status < 500;
        let seconds = seconds.max(1);
        let whole = |durations: &Percentiles, millis: f64| (durations.count > 0).then(|| round(millis));
        Self {
            total_calls: totals.succeeded + totals.failed + totals.rejected + totals.timed_out,
            successful_calls: totals.succeeded,
            client_errors: if is_client_error { totals.failed } else { 0 },
            server_errors: if is_client_error { 0 } else { totals.failed },
            timeouts: totals.timed_out,
            capped_calls: totals.rejected,
            throughput_rps: (totals.sent - totals.retried + seconds / 2) / seconds,
            p50_latency_ms: whole(latency, latency.p50),
            p95_latency_ms: whole(latency, latency.p95),
            p99_latency_ms: whole(latency, latency.p99),
            p999_latency_ms: whole(latency, latency.p999),
            throttled_calls: queue_times.count,
            p50_queue_time_ms: whole(queue_times, queue_times.p50),
            p95_queue_time_ms: whole(queue_times, queue_times.p95),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "durations are positive and bounded")]
fn round(millis: f64) -> u64 {
    millis.round() as u64
}
