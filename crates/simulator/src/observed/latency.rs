//! Latency and queue time of an endpoint.

use crate::endpoint::endpoint_error::MAX_LATENCY_MS;
use crate::endpoint::latency::LatencyDistribution;
use crate::observed::endpoint::ObservedEndpoint;
use crate::observed::values::{ObservedLatency, ObservedQueue};

impl ObservedEndpoint<ObservedLatency> {
    /// The latency of successful calls; `None` without such calls. In an export per minute, each percentile is the mean of the
    /// minutes, weighted by their calls. This is inferred: percentiles of minutes do not determine the percentiles of a longer time.
    pub fn distribution(&self) -> Option<LatencyDistribution> {
        let rows = self.whole_period.iter().chain(self.minutes.iter().map(|(_, row)| row));
        let means = weighted_means(rows.filter_map(|row| Some((row.successful, row.percentiles?))))?;
        #[expect(clippy::cast_precision_loss, reason = "the maximum is small")]
        let [p50, p95, p99, p999] = means.map(|mean| round_to_micros(mean).clamp(0.001, MAX_LATENCY_MS as f64));
        format!("p50={p50},p95={p95},p99={p99},p999={p999}").parse().ok()
    }
}

impl ObservedEndpoint<ObservedQueue> {
    /// The 95th percentile of the queue time in milliseconds; `None` if no call waited. For an export per minute, it is the mean
    /// of the minutes, weighted by their calls, like [`ObservedEndpoint::distribution`].
    pub fn p95_queue_ms(&self) -> Option<f64> {
        let rows = self.whole_period.iter().chain(self.minutes.iter().map(|(_, row)| row));
        weighted_means(rows.filter_map(|row| Some((row.throttled, row.percentiles?))))
            .map(|[_, p95]| round_to_micros(p95))
    }
}

fn round_to_micros(millis: f64) -> f64 {
    (millis * 1000.0).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "an approximate mean")]
fn weighted_means<const N: usize>(rows: impl Iterator<Item = (u64, [f64; N])>) -> Option<[f64; N]> {
    let mut weights = 0.0;
    let mut sums = [0.0; N];
    for (weight, values) in rows {
        weights += weight as f64;
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value * weight as f64;
        }
    }
    (weights > 0.0).then(|| sums.map(|sum| sum / weights))
}
